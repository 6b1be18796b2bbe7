using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;

namespace GokaAkka.RealKafka.Brokers;

/// <summary>Brokers of our own on this machine: Apache Kafka in combined mode, with ports that are free and a folder that is gone with them.</summary>
sealed class KafkaCluster : IAsyncDisposable
{
    // Below those that the system gives to connections, which would else take the port of a broker that is down.
    const int FirstPort = 20_000;
    const int LastPort = 32_000;

    // 16 bytes in Base64. Every cluster has its own ports, so that it does not need an id of its own.
    const string Id = "R29rYUFra2FUZXN0UnVuMQ";

    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(180);

    readonly string _folder = Directory.CreateTempSubdirectory("goka-kafka-").FullName;
    readonly List<KafkaBroker> _brokers = [];

    KafkaCluster()
    {
    }

    public string Bootstrap => string.Join(',', _brokers.Select(b => $"127.0.0.1:{b.Port}"));

    /// <summary>Where clients log in, with SCRAM-SHA-256; empty where nobody does.</summary>
    public string SecureBootstrap { get; private init; } = "";

    public KafkaBroker this[int id] => _brokers[id - 1];

    /// <summary>Starts brokers with the ids from 1 on and waits until all of them answer.</summary>
    /// <param name="count">How many.</param>
    /// <param name="isSecure">
    /// Whether who logs in at <see cref="SecureBootstrap"/> may do only what rules allow. Who comes without a name may do everything, and make users and rules.
    /// </param>
    public static async Task<KafkaCluster> Start(int count, bool isSecure = false)
    {
        var ports = FreePorts(3 * count);
        var cluster = new KafkaCluster { SecureBootstrap = isSecure ? string.Join(',', ports[(2 * count)..].Select(p => $"127.0.0.1:{p}")) : "" };
        try
        {
            for (var i = 0; i < count; i++)
                cluster._brokers.Add(new KafkaBroker(i + 1, Directory.CreateDirectory(Path.Combine(cluster._folder, $"node-{i + 1}")).FullName, ports[i]));
            var voters = string.Join(',', Enumerable.Range(0, count).Select(i => $"{i + 1}@127.0.0.1:{ports[count + i]}"));
            await Task.WhenAll(cluster._brokers.Select(b => Format(
                b, Properties(b, ports[count + b.Id - 1], voters, count) + (isSecure ? Rules(b, ports[count + b.Id - 1], ports[(2 * count) + b.Id - 1]) : ""))));
            await Task.WhenAll(cluster._brokers.Select(b => b.Start()));
            await cluster.IsWhole();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every broker is there and all partitions have all their replicas in sync.</summary>
    public async Task IsWhole()
    {
        using var admin = Clients.Admin(Bootstrap);
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await timer.WaitForNextTickAsync())
        {
            if (_brokers.Find(b => b.HasEnded) is { } ended)
                throw new InvalidOperationException($"Broker {ended.Id} has ended. Its log:\n{ended.Log}");
            try
            {
                var found = admin.GetMetadata(TimeSpan.FromSeconds(2));
                if (found.Brokers.Count == _brokers.Count && found.Topics.SelectMany(t => t.Partitions).All(p => p.Leader >= 0 && p.InSyncReplicas.Length == p.Replicas.Length))
                    return;
            }
            catch (KafkaException) when (clock.Elapsed < Deadline)
            {
                // Not yet.
            }

            if (clock.Elapsed > Deadline)
                throw new TimeoutException($"The brokers were not whole within {Deadline.TotalSeconds:0} s.\n{string.Join('\n', _brokers.Select(b => $"Broker {b.Id} logged:\n{b.Log}"))}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var broker in _brokers)
            await broker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    static async Task Format(KafkaBroker broker, string properties)
    {
        var file = Path.Combine(broker.Folder, "server.properties");
        await File.WriteAllTextAsync(file, properties);
        using var tool = Process.Start(new ProcessStartInfo(KafkaHome.Java, KafkaHome.Run("kafka.tools.StorageTool", "format", "-t", Id, "-c", file))
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var output = await Task.WhenAll(tool.StandardOutput.ReadToEndAsync(), tool.StandardError.ReadToEndAsync()).WaitAsync(Deadline);
        await tool.WaitForExitAsync();
        if (tool.ExitCode != 0)
            throw new InvalidOperationException($"The folder of broker {broker.Id} could not be formatted:\n{string.Join('\n', output)}");
    }

    static string Properties(KafkaBroker broker, int controller, string voters, int count) => $"""
        process.roles=broker,controller
        node.id={broker.Id}
        controller.quorum.voters={voters}
        controller.listener.names=CONTROLLER
        inter.broker.listener.name=PLAINTEXT
        listeners=PLAINTEXT://127.0.0.1:{broker.Port},CONTROLLER://127.0.0.1:{controller}
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        log.dirs={broker.Folder}/data
        auto.create.topics.enable=false
        offsets.topic.num.partitions=4
        transaction.state.log.num.partitions=4
        offsets.topic.replication.factor={count}
        transaction.state.log.replication.factor={count}
        transaction.state.log.min.isr={(count + 1) / 2}
        default.replication.factor={count}
        min.insync.replicas={(count + 1) / 2}
        # A cluster of one test run has no herd of members to wait for, and what it does in its own time is waited for by tests.
        group.initial.rebalance.delay.ms=0
        broker.heartbeat.interval.ms=500
        broker.session.timeout.ms=4000
        log.cleaner.backoff.ms=200
        log.initial.task.delay.ms=1000
        log.retention.check.interval.ms=1000
        transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
        """;

    // Of a setting that is there twice, the last one counts.
    static string Rules(KafkaBroker broker, int controller, int secure) => $"""

        listeners=PLAINTEXT://127.0.0.1:{broker.Port},CONTROLLER://127.0.0.1:{controller},SECURE://127.0.0.1:{secure}
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_PLAINTEXT
        sasl.enabled.mechanisms=SCRAM-SHA-256
        listener.name.secure.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
        authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
        super.users=User:ANONYMOUS
        """;

    static List<int> FreePorts(int count)
    {
        var listeners = new List<TcpListener>();
        while (listeners.Count < count)
        {
            var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(FirstPort, LastPort));
            try
            {
                listener.Start();
                listeners.Add(listener);
            }
            catch (SocketException)
            {
                // Somebody else's.
            }
        }

        var ports = listeners.ConvertAll(l => ((IPEndPoint)l.LocalEndpoint).Port);
        listeners.ForEach(l => l.Dispose());
        return ports;
    }
}
