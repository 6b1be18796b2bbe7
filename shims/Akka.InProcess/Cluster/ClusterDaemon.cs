using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>A node's cluster actor: tells subscribers of changes, tries to join, watches over nodes that are gone.</summary>
sealed class ClusterDaemon : ReceiveActor, IWithTimers
{
    readonly Cluster _cluster;
    readonly Dictionary<IActorRef, ImmutableHashSet<Type>> _subscribers = new();
    readonly List<Action> _onUp = [];

    public ClusterDaemon(Cluster cluster)
    {
        _cluster = cluster;
        var joining = new Joining(cluster, this);
        Receive<JoinNode>(join => joining.Start([join.Address], isSeeds: false));
        Receive<JoinSeeds>(join => joining.Start(join.Addresses, isSeeds: true));
        Receive<Joining.Retry>(joining.Try);
        Receive<Joining.GiveUp>(_ => joining.End());
        Receive<WeaklyUpTick>(_ => cluster.Membership.LetWeaklyUp(cluster.SelfUniqueAddress));
        Receive<Change>(Apply);
        Receive<NodeGone>(gone => Timers.StartSingleTimer(gone, new Unreachable(gone.Node), cluster.Settings.UnreachableAfter));
        Receive<Unreachable>(found => cluster.Membership.Unreachable(found.Node));
        Receive<DownTick>(tick => Down(tick.View));
        Receive<Subscription>(Subscribe);
        Receive<Unsubscription>(Unsubscribe);
        Receive<Terminated>(ended => _subscribers.Remove(ended.ActorRef));
        Receive<SendState>(send => send.Receiver.Tell(cluster.State));
        Receive<OnUp>(RunWhenUp);
        Receive<ClusterEvent.ClusterShuttingDown>(Publish);
    }

    public ITimerScheduler Timers { get; set; }

    void Apply(Change change)
    {
        // To a node that joins, all of it is new.
        if (_cluster.View.Members.IsEmpty)
            change = change with { Events = change.View.Since(MembershipView.Empty) };
        _cluster.Apply(change);
        foreach (var happened in change.Events)
            Publish(happened);
        switch (_cluster.SelfMember.Status)
        {
            case MemberStatus.Joining when _cluster.Settings.AllowWeaklyUpMembers && !Timers.IsTimerActive(nameof(WeaklyUpTick)):
                Timers.StartSingleTimer(nameof(WeaklyUpTick), new WeaklyUpTick(), _cluster.Settings.WeaklyUpAfter);
                break;
            case MemberStatus.Up or MemberStatus.WeaklyUp:
                Timers.Cancel(nameof(WeaklyUpTick));
                _onUp.ForEach(callback => callback());
                _onUp.Clear();
                break;
        }
        // The time starts anew with every change: only a state that is stable is decided on.
        if (change.View.Unreachable.IsEmpty)
            Timers.Cancel(nameof(DownTick));
        else if (_cluster.Settings.Downing.After is { } after)
            Timers.StartSingleTimer(nameof(DownTick), new DownTick(change.View), after);
    }

    void Down(MembershipView view)
    {
        foreach (var member in _cluster.Settings.Downing.Decide(view).Where(member => member.Status != MemberStatus.Down))
        {
            _cluster.Log.Warning("Cluster Node [{0}] - Downing [{1}]", _cluster.SelfAddress, member);
            _cluster.Membership.Down(member.UniqueAddress);
        }
    }

    void Subscribe(Subscription subscription)
    {
        if (_cluster.IsTerminated)
            return;
        if (subscription.Mode == ClusterEvent.InitialStateAsSnapshot)
            subscription.Subscriber.Tell(_cluster.State);
        else
            foreach (var happened in _cluster.View.Since(MembershipView.Empty))
                if (subscription.To.Any(type => type.IsInstanceOfType(happened)))
                    subscription.Subscriber.Tell(happened);
        _subscribers[subscription.Subscriber] = _subscribers.GetValueOrDefault(subscription.Subscriber, []).Union(subscription.To);
        Context.Watch(subscription.Subscriber);
    }

    void Unsubscribe(Unsubscription unsubscription)
    {
        if (!_subscribers.TryGetValue(unsubscription.Subscriber, out var to))
            return;
        to = unsubscription.From == null ? [] : to.Remove(unsubscription.From);
        if (to.IsEmpty)
        {
            _subscribers.Remove(unsubscription.Subscriber);
            Context.Unwatch(unsubscription.Subscriber);
        }
        else
        {
            _subscribers[unsubscription.Subscriber] = to;
        }
    }

    void Publish(ClusterEvent.IClusterDomainEvent happened)
    {
        foreach (var (subscriber, to) in _subscribers)
            if (to.Any(type => type.IsInstanceOfType(happened)))
                subscriber.Tell(happened);
    }

    void RunWhenUp(OnUp onUp)
    {
        if (_cluster.IsUp)
            onUp.Callback();
        else
            _onUp.Add(onUp.Callback);
    }

    public sealed record JoinNode(Address Address);

    public sealed record JoinSeeds(ImmutableList<Address> Addresses);

    public sealed record Change(MembershipView View, IReadOnlyList<ClusterEvent.IClusterDomainEvent> Events);

    public sealed record NodeGone(UniqueAddress Node);

    public sealed record Subscription(IActorRef Subscriber, ClusterEvent.SubscriptionInitialStateMode Mode, ImmutableHashSet<Type> To);

    public sealed record Unsubscription(IActorRef Subscriber, Type From);

    public sealed record SendState(IActorRef Receiver);

    public sealed record OnUp(Action Callback);

    sealed record Unreachable(UniqueAddress Node);

    sealed record DownTick(MembershipView View);

    sealed record WeaklyUpTick;
}
