using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Sharding;

public static class ShardAllocationStrategy
{
    /// <summary>Puts shards where there are fewest, and evens out what has become uneven.</summary>
    /// <param name="absoluteLimit">how many shards to move at a time, at most</param>
    /// <param name="relativeLimit">how large a part of all shards to move at a time, at most; one shard is always allowed</param>
    public static IShardAllocationStrategy LeastShardAllocationStrategy(int absoluteLimit, double relativeLimit) =>
        new LeastShards(absoluteLimit, relativeLimit);

    sealed class LeastShards(int absoluteLimit, double relativeLimit) : IActorSystemDependentAllocationStrategy
    {
        static readonly IImmutableSet<string> s_none = ImmutableHashSet<string>.Empty;

        Cluster _cluster;

        public void Start(ActorSystem system) => _cluster = Cluster.Get(system);

        public Task<IActorRef> AllocateShard(IActorRef requester, string shardId,
            IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
            Task.FromResult(Sorted(currentShardAllocations).First().Key);

        public Task<IImmutableSet<string>> Rebalance(IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations,
            IImmutableSet<string> rebalanceInProgress)
        {
            var state = _cluster.State;
            var isStable = state.Unreachable.IsEmpty
                && !state.Members.Any(member => member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp);
            return Task.FromResult(rebalanceInProgress.Count > 0 || !isStable ? s_none : Surplus(Sorted(currentShardAllocations)));
        }

        IImmutableSet<string> Surplus(List<KeyValuePair<IActorRef, IImmutableList<string>>> regions)
        {
            var shards = regions.Sum(region => region.Value.Count);
            if (shards == 0)
                return s_none;
            var limit = Math.Max(1, Math.Min((int)(relativeLimit * shards), absoluteLimit));
            var fairShare = (shards + regions.Count - 1) / regions.Count;
            var above = regions.SelectMany(region => region.Value.Take(region.Value.Count - fairShare)).Take(limit).ToImmutableHashSet();
            if (above.Count > 0)
                return above;
            // The fair share is rounded up: one region may still have two less than another.
            var lacking = regions.Sum(region => Math.Max(0, fairShare - 1 - region.Value.Count));
            return regions.Where(region => region.Value.Count >= fairShare).Select(region => region.Value[0])
                .Take(Math.Min(lacking, limit)).ToImmutableHashSet();
        }

        // Nodes that leave get no shards as long as there are others.
        List<KeyValuePair<IActorRef, IImmutableList<string>>> Sorted(IImmutableDictionary<IActorRef, IImmutableList<string>> allocations) =>
            [.. allocations.OrderBy(region => IsLeaving(region.Key)).ThenBy(region => region.Value.Count).ThenBy(region => region.Key)];

        bool IsLeaving(IActorRef region)
        {
            var address = region.Path.Address.HasLocalScope ? _cluster.SelfAddress : region.Path.Address;
            return _cluster.View.Find(address)?.Status is not (MemberStatus.Up or MemberStatus.WeaklyUp);
        }
    }
}
