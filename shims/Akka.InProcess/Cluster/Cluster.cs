using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>A system's membership in a cluster, here of actor systems of one process.</summary>
public class Cluster : IExtension
{
    readonly IActorRef _daemon;
    readonly NodeEndpoint _endpoint;
    readonly ClusterShutdown _shutdown;
    volatile MembershipView _view = MembershipView.Empty;
    volatile Membership _membership;
    volatile bool _terminated;

    internal Cluster(ActorSystemImpl system)
    {
        System = system;
        _endpoint = system.Endpoint ?? throw new ConfigurationException(
            $"ActorSystem [{system.Name}] needs to have a 'IClusterActorRefProvider' enabled in the configuration: set akka.actor.provider = cluster.");
        SelfUniqueAddress = new UniqueAddress(_endpoint.Address, _endpoint.Uid);
        Settings = new ClusterSettings(system.Settings.Config, system.Name);
        Log = Logging.GetLogger(system, GetType());
        _endpoint.IsMember = address => _view.Find(address) != null;
        _daemon = system.SystemActorOf(Props.Create(() => new ClusterDaemon(this)), "cluster");
        _shutdown = new ClusterShutdown(this, CoordinatedShutdown.Get(system));
        _endpoint.Closed += () => _membership?.Gone(SelfUniqueAddress);
        system.RegisterOnTermination(Shutdown);
        Info("Started up successfully");
        if (Settings.SeedNodes.IsEmpty)
            Info("No seed-nodes configured, manual cluster join required");
        else
            JoinSeedNodes(Settings.SeedNodes);
    }

    public ExtendedActorSystem System { get; }

    public ClusterSettings Settings { get; }

    public UniqueAddress SelfUniqueAddress { get; }

    public Address SelfAddress => SelfUniqueAddress.Address;

    public ImmutableHashSet<string> SelfRoles => Settings.Roles;

    /// <summary>This node; <see cref="MemberStatus.Removed"/> before it joins and after it has left.</summary>
    public Member SelfMember => _view.Find(SelfUniqueAddress)
        ?? new Member(SelfUniqueAddress, Member.NotUpYet, MemberStatus.Removed, SelfRoles);

    public ClusterEvent.CurrentClusterState State => _view.ToState();

    public bool IsTerminated => _terminated;

    public bool IsUp => SelfMember.Status == MemberStatus.Up;

    internal ILoggingAdapter Log { get; }

    internal MembershipView View => _view;

    /// <summary>The cluster that the node has joined; null before.</summary>
    internal Membership Membership => _membership;

    public static Cluster Get(ActorSystem system) => system.WithExtension<Cluster, ClusterExtension>();

    public void Subscribe(IActorRef subscriber, params Type[] to) => Subscribe(subscriber, ClusterEvent.InitialStateAsSnapshot, to);

    /// <param name="subscriber">gets the events until it stops</param>
    /// <param name="initialStateMode">how it gets to know the state that there is</param>
    /// <param name="to">classes of events, or interfaces of them</param>
    public void Subscribe(IActorRef subscriber, ClusterEvent.SubscriptionInitialStateMode initialStateMode, params Type[] to)
    {
        if (to.Length == 0)
            throw new ArgumentException("At least one `IClusterDomainEvent` class is required", nameof(to));
        if (to.FirstOrDefault(type => !typeof(ClusterEvent.IClusterDomainEvent).IsAssignableFrom(type)) is { } wrong)
            throw new ArgumentException($"Subscribe to `IClusterDomainEvent` or subclasses, was [{wrong.Name}]", nameof(to));
        _daemon.Tell(new ClusterDaemon.Subscription(subscriber, initialStateMode, [.. to]), ActorRefs.NoSender);
    }

    public void Unsubscribe(IActorRef subscriber) => _daemon.Tell(new ClusterDaemon.Unsubscription(subscriber, null), ActorRefs.NoSender);

    public void Unsubscribe(IActorRef subscriber, Type to) => _daemon.Tell(new ClusterDaemon.Unsubscription(subscriber, to), ActorRefs.NoSender);

    public void SendCurrentClusterState(IActorRef receiver) => _daemon.Tell(new ClusterDaemon.SendState(receiver), ActorRefs.NoSender);

    /// <summary>Joins the cluster of the node at the address; the own address makes a cluster of one.</summary>
    public void Join(Address address) => _daemon.Tell(new ClusterDaemon.JoinNode(Reachable(address)), ActorRefs.NoSender);

    /// <summary>Completes when the node is Up.</summary>
    public Task JoinAsync(Address address, CancellationToken token = default) => UpAfter(() => Join(address), token);

    public void JoinSeedNodes(IEnumerable<Address> seedNodes) =>
        _daemon.Tell(new ClusterDaemon.JoinSeeds([.. seedNodes.Select(Reachable)]), ActorRefs.NoSender);

    public Task JoinSeedNodesAsync(IEnumerable<Address> seedNodes, CancellationToken token = default) => UpAfter(() => JoinSeedNodes(seedNodes), token);

    public void Leave(Address address) => _membership?.Leave(Reachable(address));

    /// <summary>Completes when the node has been removed.</summary>
    public Task LeaveAsync() => LeaveAsync(CancellationToken.None);

    public Task LeaveAsync(CancellationToken cancellationToken)
    {
        Leave(SelfAddress);
        var removed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        RegisterOnMemberRemoved(() => removed.TrySetResult());
        return removed.Task.WaitAsync(cancellationToken);
    }

    public void Down(Address address)
    {
        if (_membership is { } membership && membership.View.Find(Reachable(address)) is { } member)
            membership.Down(member.UniqueAddress);
    }

    /// <summary>Runs the callback when the node is Up, at once if it is. It runs in the thread of the cluster's actor.</summary>
    public void RegisterOnMemberUp(Action callback) => _daemon.Tell(new ClusterDaemon.OnUp(callback), ActorRefs.NoSender);

    /// <summary>Runs the callback when the node is no member any more, at once if it never will be.</summary>
    public void RegisterOnMemberRemoved(Action callback) => _shutdown.OnTerminated(callback);

    public ActorPath RemotePathOf(IActorRef actorRef) =>
        actorRef.Path.Address.HasGlobalScope ? actorRef.Path : RemoteActorRef.At(SelfAddress, actorRef.Path);

    /// <summary>Called by the cluster, for one change after the other.</summary>
    internal void Changed(MembershipView view, IReadOnlyList<ClusterEvent.IClusterDomainEvent> events) =>
        _daemon.Tell(new ClusterDaemon.Change(view, events), ActorRefs.NoSender);

    internal void NodeGone(UniqueAddress node) => _daemon.Tell(new ClusterDaemon.NodeGone(node), ActorRefs.NoSender);

    internal void Joined(Membership membership) => _membership = membership;

    /// <summary>Called by the daemon only: the state changes in the order in which subscribers are told of it.</summary>
    internal void Apply(ClusterDaemon.Change change)
    {
        _view = change.View;
        foreach (var happened in change.Events)
        {
            Report(happened);
            if (happened is ClusterEvent.MemberRemoved removed && removed.Member.UniqueAddress != SelfUniqueAddress)
                _endpoint.AddressTerminated(removed.Member.Address);
        }
        _shutdown.Observe(change.Events);
    }

    internal void Shutdown()
    {
        if (_terminated)
            return;
        _terminated = true;
        _daemon.Tell(ClusterEvent.ClusterShuttingDown.Instance, ActorRefs.NoSender);
        _shutdown.Terminated();
        Info("Successfully shut down");
    }

    internal void Info(string what)
    {
        if (Settings.LogInfo)
            Log.Info("Cluster Node [{0}] - {1}", SelfAddress, what);
    }

    void Report(ClusterEvent.IClusterDomainEvent happened)
    {
        switch (happened)
        {
            case ClusterEvent.UnreachableMember unreachable:
                Log.Warning("Cluster Node [{0}] - Marking node as UNREACHABLE [{1}]", SelfAddress, unreachable.Member);
                break;
            case ClusterEvent.IMemberEvent moved:
                Info($"Node [{moved.Member.Address}] is {moved.Member.Status}, roles [{string.Join(", ", moved.Member.Roles)}]");
                break;
        }
    }

    Address Reachable(Address address) => address.Host == null && address.System == System.Name ? SelfAddress : address;

    Task UpAfter(Action join, CancellationToken token)
    {
        if (_terminated)
            throw new InvalidOperationException("Cluster has already been terminated");
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        RegisterOnMemberUp(() => up.TrySetResult());
        RegisterOnMemberRemoved(() => up.TrySetException(new ClusterJoinFailedException($"Node has not managed to join the cluster using provided address")));
        join();
        return up.Task.WaitAsync(token);
    }
}
