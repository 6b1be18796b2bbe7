using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.DistributedData;
using GokaAkka.Actors;

namespace GokaAkka.Nodes;

/// <summary>A node's way into its cluster, with errors that say what to do about them.</summary>
static class NodeCluster
{
    const string Tcp = "akka.remote.dot-netty.tcp";

    static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// What a program's actor system starts with that GokaAkka makes: signals are the program's, whatever the HOCON says; what reference.conf says of
    /// Akka.NET's settings, where the HOCON does not; and the serializers of the shards, of which a node that joins hears before it has begun any itself.
    /// </summary>
    public static Config ConfigOf(Config config) => StopSignals.Settings.WithFallback(config).WithFallback(GokaSettings.DefaultConfig())
        .WithFallback(ClusterSharding.DefaultConfig()).WithFallback(DistributedData.DefaultConfig());

    /// <summary>Starts an actor system.</summary>
    /// <exception cref="ConfigurationException">Its port is in use, or its HOCON makes no sense.</exception>
    public static ActorSystem Start(string name, Config config)
    {
        try
        {
            return ActorSystem.Create(name, config);
        }
        catch (Exception e) when (Find<SocketException>(e) is { } fault)
        {
            throw new ConfigurationException(
                $"The node cannot listen on {config.GetString($"{Tcp}.hostname")}:{config.GetString($"{Tcp}.port")}: {fault.Message}. Set {Tcp}.port to one that is free, or "
                + "to 0 for any.", e);
        }
        catch (Exception e) when (config.GetBoolean($"{Tcp}.enable-ssl"))
        {
            const string certificate = $"{Tcp}.ssl.certificate";
            throw new ConfigurationException(
                $"The node cannot use TLS with {certificate}.path = '{config.GetString($"{certificate}.path")}': {e.GetBaseException().Message} It has to be a PKCS #12 file "
                + $"(.pfx) with the certificate and its private key, {certificate}.password the password of it.", e);
        }
    }

    /// <summary>Waits until the system is in its cluster; one without seed nodes founds it.</summary>
    /// <exception cref="NodeEndedException">No seed node has let it in, or the system has ended.</exception>
    /// <exception cref="OperationCanceledException">The node is told to stop.</exception>
    public static async Task Join(ActorSystem system, TimeSpan timeout, CancellationToken stop)
    {
        if (!system.Settings.HasCluster)
            return;
        var cluster = Akka.Cluster.Cluster.Get(system);
        var seeds = cluster.Settings.SeedNodes;
        if (seeds.IsEmpty)
            cluster.Join(cluster.SelfAddress);
        var began = TimeProvider.System.GetTimestamp();
        while (!cluster.State.Members.Any(m => m.UniqueAddress.Equals(cluster.SelfUniqueAddress)))
        {
            if (system.WhenTerminated.IsCompleted || TimeProvider.System.GetElapsedTime(began) > timeout)
            {
                throw new NodeEndedException(
                    NodeExit.NotJoined,
                    $"The node {cluster.SelfAddress} has not joined its cluster after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s: none of the seed nodes lets it "
                    + $"in ({string.Join(", ", seeds)}). Start the first of them, or look whether it can be reached from here"
                    + (system.Settings.Config.GetBoolean($"{Tcp}.enable-ssl") ? " and takes this node's certificate, as this node has to take the seed's" : "")
                    + "; akka.cluster.seed-nodes names them, goka.node.join-timeout is how long to try.");
            }

            await Task.Delay(LookAgain, stop).ConfigureAwait(false);
        }
    }

    static T? Find<T>(Exception? error) where T : Exception => error switch
    {
        null => null,
        T found => found,
        AggregateException several => several.InnerExceptions.Select(Find<T>).FirstOrDefault(static f => f is not null),
        _ => Find<T>(error.InnerException),
    };
}
