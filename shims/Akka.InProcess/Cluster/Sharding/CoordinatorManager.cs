using Akka.Actor;
using Akka.Remote;
using static Akka.Cluster.Sharding.Protocol;

namespace Akka.Cluster.Sharding;

/// <summary>Runs the coordinator of one type while this node is the oldest, and never before the one before has stopped.</summary>
sealed class CoordinatorManager : ReceiveActor
{
    readonly string _typeName;
    readonly string _role;
    readonly Props _coordinator;
    readonly Cluster _cluster = Cluster.Get(Context.System);
    IActorRef _running;
    bool _wanted;

    public CoordinatorManager(string typeName, ClusterShardingSettings settings, IShardAllocationStrategy strategy)
    {
        _typeName = typeName;
        _role = settings.Role;
        var store = new CoordinatorStore(typeName, _cluster);
        _coordinator = Props.Create(() => new ShardCoordinator(store, settings, strategy));
        Receive<ClusterEvent.IClusterDomainEvent>(_ => Decide());
        Receive<Granted>(_ => Run());
        Receive<Terminated>(_ => Ended());
    }

    protected override void PreStart() =>
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.ClusterShuttingDown));

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        _cluster.Membership?.Shared.Release(_typeName, _cluster.SelfUniqueAddress);
    }

    void Decide()
    {
        var oldest = _cluster.View.Members
            .Where(member => member.Status is MemberStatus.Up or MemberStatus.Leaving && (_role == null || member.HasRole(_role)))
            .Min(Member.AgeOrdering);
        var isOldest = oldest?.UniqueAddress == _cluster.SelfUniqueAddress && !_cluster.IsTerminated;
        if (isOldest && !_wanted)
        {
            _wanted = true;
            var self = Self;
            _cluster.Membership.Shared.Acquire(_typeName, _cluster.SelfUniqueAddress, () => self.Tell(new Granted(), ActorRefs.NoSender));
        }
        else if (!isOldest && _wanted)
        {
            _wanted = false;
            if (_running == null)
                _cluster.Membership?.Shared.Release(_typeName, _cluster.SelfUniqueAddress);
            else if (_cluster.IsTerminated)
                Context.Stop(_running);
            else
                _running.Tell(new StopCoordinator());
        }
    }

    void Run()
    {
        if (!_wanted || _running != null)
            return;
        _running = Context.ActorOf(_coordinator, "coordinator");
        Context.Watch(_running);
    }

    void Ended()
    {
        _running = null;
        _wanted = false;
        _cluster.Membership?.Shared.Release(_typeName, _cluster.SelfUniqueAddress);
        Decide();
    }

    sealed record Granted;
}

/// <summary>Where the coordinator's state outlives it: with the members. Only who runs the coordinator can change it.</summary>
sealed class CoordinatorStore(string typeName, Cluster cluster)
{
    public CoordinatorState Load() => cluster.Membership.Shared.Get(typeName, CoordinatorState.Empty).For(Endpoint);

    public void Save(CoordinatorState state)
    {
        // What a crashed node still does is seen by nobody.
        if (Endpoint.IsOpen)
            cluster.Membership.Shared.Set(typeName, cluster.SelfUniqueAddress, state);
    }

    NodeEndpoint Endpoint => ((ActorSystemImpl)cluster.System).Endpoint;
}
