using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace GokaAkka.Cluster;

/// <summary>
/// Tells the other nodes what this one has, whenever that changes, whenever a node comes, and now and then in case that something was lost; and keeps
/// the map of what they say. Every statement holds everything, so that any one of them repairs what others left.
/// </summary>
sealed class ClusterMapActor : ReceiveActor, IWithTimers
{
    /// <summary>Where it is on every node, below the system's guardian.</summary>
    public const string Name = "goka-map";

    readonly LocalClaims _claims;
    readonly SharedMap _map;
    readonly GroupRegions _regions;
    readonly TimeSpan _interval;
    readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    readonly HashSet<UniqueAddress> _members = [];
    readonly ILoggingAdapter _log = Context.GetLogger();
    NodeStatement? _said;

    public ClusterMapActor(LocalClaims claims, SharedMap map, GroupRegions regions, TimeSpan interval)
    {
        (_claims, _map, _regions, _interval) = (claims, map, regions, interval);
        Receive<Changed>(_ => Speak());
        Receive<NodeStatement>(Hear);
        Receive<ActorIdentity>(m => m.Subject?.Tell(_said, Self));
        Receive<ClusterEvent.MemberRemoved>(m => Forget(m.Member.UniqueAddress));
        Receive<ClusterEvent.IMemberEvent>(m => Meet(m.Member));
        Receive<ClusterEvent.ReachableMember>(m => Meet(m.Member));
        Receive<TellAgain>(_ => Speak());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(LocalClaims claims, SharedMap map, GroupRegions regions, TimeSpan interval) =>
        Akka.Actor.Props.Create(() => new ClusterMapActor(claims, map, regions, interval));

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.ReachableMember));
        Timers.StartPeriodicTimer(nameof(TellAgain), TellAgain.Instance, _interval);
        Speak();
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    void Speak()
    {
        _said = _claims.Statement(_cluster.SelfUniqueAddress);
        Take(_map.Current.With(_said));
        foreach (var member in _members)
            Tell(member);
    }

    // One that cannot be reached hears of it when it can. One that has said nothing yet may be a node without GokaAkka, which could not read a
    // statement and would log each one: it is asked whether it has this actor.
    void Tell(UniqueAddress member)
    {
        if (member != _cluster.SelfUniqueAddress && !_cluster.State.Unreachable.Any(m => m.UniqueAddress == member))
            Context.ActorSelection(new RootActorPath(member.Address) / "system" / Name).Tell(_map.Current.Knows(member) ? _said : new Identify(null), Self);
    }

    void Meet(Member member)
    {
        _members.Add(member.UniqueAddress);
        Tell(member.UniqueAddress);
    }

    void Hear(NodeStatement statement)
    {
        // What a node has said that has left since must not stay for ever. A node that is new is heard again soon.
        if (_members.Any(m => m.Uid == statement.Uid && m.Address.ToString() == statement.Address))
            Take(_map.Current.With(statement));
    }

    void Forget(UniqueAddress member)
    {
        _members.Remove(member);
        Take(_map.Current.Without(member));
    }

    void Take(ClusterMap map)
    {
        if (map == _map.Current)
            return;
        _map.Current = map;
        _claims.CompareWith(map, _cluster.SelfAddress);
        foreach (var group in map.Groups)
            _regions.See(group, _log);
    }

    /// <summary>Something of this node has changed.</summary>
    public sealed record Changed { public static readonly Changed Instance = new(); }

    sealed record TellAgain { public static readonly TellAgain Instance = new(); }
}
