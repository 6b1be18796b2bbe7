using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Event;
using GokaAkka.Queries;

namespace GokaAkka.Cluster;

/// <summary>
/// The shard regions of the groups: a group is a type of entity, a partition a shard with one entity, its gateway. Every node that takes part has the
/// region of every group, since the oldest of them runs the coordinators; shards come to nodes that have the partition. Nodes without the role
/// have a proxy. Safe for concurrent use.
/// </summary>
/// <param name="system">The actor system, which is in a cluster.</param>
/// <param name="settings">How partitions are sharded.</param>
/// <param name="map">Where the partitions are.</param>
/// <param name="gateway">Makes gateways.</param>
sealed class GroupRegions(ActorSystem system, ShardingSettings settings, SharedMap map, Props gateway)
{
    readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);
    readonly ConcurrentDictionary<string, Lazy<Task<IActorRef>>> _regions = new();

    // The partitions whose gateways this node has begun, by group.
    readonly ConcurrentDictionary<string, IReadOnlyList<int>> _begun = new();

    /// <summary>A group's region, started when it is asked for first.</summary>
    public Task<IActorRef> Of(string group)
    {
        var region = _regions.GetOrAdd(group, static (g, self) => new Lazy<Task<IActorRef>>(() => self.Start(g)), this);
        if (region.Value.IsFaulted)
            _regions.TryRemove(new KeyValuePair<string, Lazy<Task<IActorRef>>>(group, region));
        return region.Value;
    }

    /// <summary>
    /// A group is there, or its partitions have moved: begins its region, and the gateways of the partitions that this node has, so that they are
    /// placed before anybody asks.
    /// </summary>
    public void See(GroupPlaces group, ILoggingAdapter log)
    {
        var mine = group.Board.Partitions.Where(p => group.Board.Find(p)!.Value.Node.Equals(_cluster.SelfAddress)).Order().ToArray();
        var isNew = !_begun.TryGetValue(group.Group, out var begun);
        if (!isNew && mine.SequenceEqual(begun!))
            return;
        _begun[group.Group] = mine;
        _ = Begin(group.Group, mine.Except(begun ?? []).ToArray(), log);
    }

    async Task Begin(string group, IReadOnlyList<int> partitions, ILoggingAdapter log)
    {
        try
        {
            var region = await Of(group).ConfigureAwait(false);
            foreach (var partition in partitions)
                region.Tell(new ShardRegion.StartEntity(ConsumerGroupAllocationStrategy.ShardOf(partition)), ActorRefs.NoSender);
        }
        catch (Exception e)
        {
            // What comes by the region is asked for directly then.
            log.Warning("Group {0}: its shard region could not be started: {1}", group, e.Message);
        }
    }

    Task<IActorRef> Start(string group)
    {
        var sharding = ClusterSharding.Get(system);
        var strategy = new ConsumerGroupAllocationStrategy(
            () => map.Current.Group(group)?.Board ?? ClaimBoard.Empty, _cluster.SelfAddress, IsUp);
        return sharding.StartAsync(group, _ => gateway, settings.For(system), PartitionExtractor.Instance, strategy, StopGateway.Instance);
    }

    bool IsUp(Address node)
    {
        var state = _cluster.State;
        return state.Members.Any(m => m.Address.Equals(node) && m.Status is MemberStatus.Up or MemberStatus.WeaklyUp)
            && !state.Unreachable.Any(m => m.Address.Equals(node));
    }

    sealed class PartitionExtractor : IMessageExtractor
    {
        public static readonly PartitionExtractor Instance = new();

        public string? EntityId(object message) => message switch
        {
            ReadRequest read => ConsumerGroupAllocationStrategy.ShardOf(read.Partition),
            // Any gateway answers that; every table has a partition 0.
            UnknownMessage => ConsumerGroupAllocationStrategy.ShardOf(0),
            _ => null,
        };

        public object EntityMessage(object message) => message;

        [Obsolete("Use ShardId(EntityId, object) instead.")]
        public string? ShardId(object message) => EntityId(message);

        public string ShardId(string entityId, object? messageHint = null) => entityId;
    }
}
