using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>A node's way into a cluster: through the first of some nodes that is in one, again and again until it works.</summary>
sealed class Joining(Cluster cluster, IWithTimers daemon)
{
    // Nothing is to be waited for between systems of one process but that the other has joined, too.
    static readonly TimeSpan s_retryInterval = TimeSpan.FromMilliseconds(20);

    // One node at a time founds a cluster: the others then see it.
    static readonly Lock s_founding = new();

    ImmutableList<Address> _through = [];
    bool _isSeeds;
    long _warnAt;

    public void Start(ImmutableList<Address> through, bool isSeeds)
    {
        if (cluster.Membership != null || cluster.IsTerminated)
        {
            cluster.Info(cluster.IsTerminated ? "Cannot join: the node has left" : "Trying to join when already part of a cluster, ignoring");
            return;
        }
        _through = through;
        _isSeeds = isSeeds;
        WarnLater();
        if (isSeeds && cluster.Settings.ShutdownAfterUnsuccessfulJoinSeedNodes is { } giveUpAfter)
            daemon.Timers.StartSingleTimer(nameof(GiveUp), new GiveUp(), giveUpAfter);
        Try(null);
    }

    public void Try(Retry _)
    {
        if (cluster.Membership != null || cluster.IsTerminated)
            return;
        if (!TryJoin())
        {
            Warn();
            daemon.Timers.StartSingleTimer(nameof(Retry), new Retry(), s_retryInterval);
            return;
        }
        daemon.Timers.Cancel(nameof(GiveUp));
    }

    public void End()
    {
        if (cluster.Membership != null)
            return;
        cluster.Log.Warning("Joining of seed-nodes [{0}] was unsuccessful after configured shutdown-after-unsuccessful-join-seed-nodes [{1}]. " +
            "Running CoordinatedShutdown. {2}", string.Join(", ", _through), cluster.Settings.ShutdownAfterUnsuccessfulJoinSeedNodes, WhereTheyAre());
        CoordinatedShutdown.Get(cluster.System).Run(CoordinatedShutdown.ClusterJoinUnsuccessfulReason.Instance);
    }

    bool TryJoin()
    {
        lock (s_founding)
        {
            foreach (var address in _through)
                if (!address.Equals(cluster.SelfAddress) && NodeRegistry.Find(address) is { IsOpen: true } node
                    && node.System.TryGetExtension<Cluster>(out var other) && other is { Membership: { } membership, IsTerminated: false }
                    && membership.View.Find(other.SelfUniqueAddress) != null)
                    return membership.Join(cluster);
            // The first seed node founds the cluster when no other seed node is in one.
            return _through.Count > 0 && _through[0].Equals(cluster.SelfAddress) && new Membership().Join(cluster);
        }
    }

    void Warn()
    {
        if (Environment.TickCount64 < _warnAt)
            return;
        WarnLater();
        cluster.Log.Warning("Couldn't join {0} [{1}], will try again. {2}", _isSeeds ? "seed nodes" : "node", string.Join(", ", _through), WhereTheyAre());
    }

    void WarnLater() => _warnAt = Environment.TickCount64 + (long)cluster.Settings.SeedNodeTimeout.TotalMilliseconds;

    string WhereTheyAre()
    {
        var missing = _through.Where(address => NodeRegistry.Find(address) == null).ToList();
        return missing.Count == 0
            ? "They have not joined a cluster themselves; the first seed node has to be started."
            : $"There is no actor system at {string.Join(", ", missing)} in this process. " +
                "The in-process implementation has no remoting; several processes or machines need the Akka.NET packages.";
    }

    public sealed record Retry;

    public sealed record GiveUp;
}
