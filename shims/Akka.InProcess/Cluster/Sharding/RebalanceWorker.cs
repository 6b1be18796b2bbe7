using Akka.Actor;
using static Akka.Cluster.Sharding.Protocol;

namespace Akka.Cluster.Sharding;

/// <summary>Takes one shard away from its region: once all regions keep back what they have for it, it is stopped.</summary>
sealed class RebalanceWorker : ReceiveActor, IWithTimers
{
    readonly string _shard;
    readonly IActorRef _from;
    readonly HashSet<IActorRef> _remaining;

    public RebalanceWorker(string shard, IActorRef from, TimeSpan timeout, IEnumerable<IActorRef> regions)
    {
        _shard = shard;
        _from = from;
        _remaining = [.. regions];
        Receive<BeginHandOffAck>(ack => Acked(Sender), ack => ack.Shard == shard);
        Receive<ShardStopped>(_ => Finish(true), stopped => stopped.Shard == shard && _remaining.Count == 0);
        Receive<RegionEnded>(ended => Ended(ended.Region));
        Receive<TimedOut>(_ => Finish(false));
        Timeout = timeout;
    }

    public ITimerScheduler Timers { get; set; }

    TimeSpan Timeout { get; }

    protected override void PreStart()
    {
        Timers.StartSingleTimer(nameof(TimedOut), new TimedOut(), Timeout);
        foreach (var region in _remaining)
            region.Tell(new BeginHandOff(_shard));
    }

    void Ended(IActorRef region)
    {
        if (_remaining.Count == 0 && region.Equals(_from))
            Finish(true);
        else
            Acked(region);
    }

    void Acked(IActorRef region)
    {
        if (_remaining.Remove(region) && _remaining.Count == 0)
            _from.Tell(new HandOff(_shard));
    }

    void Finish(bool ok)
    {
        Context.Parent.Tell(new Done(_shard, ok));
        Context.Stop(Self);
    }

    public sealed record RegionEnded(IActorRef Region);

    /// <summary>To the coordinator.</summary>
    public sealed record Done(string Shard, bool Ok);

    sealed record TimedOut;
}
