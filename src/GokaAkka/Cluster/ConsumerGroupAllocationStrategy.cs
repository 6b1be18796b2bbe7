using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace GokaAkka.Cluster;

/// <summary>
/// Places the shards of a group, one per partition, on the nodes to which the consumer group has assigned the partitions. Kafka is the authority:
/// a shard is where its partition is claimed, and stays where it is while nobody claims it. It runs in the shard coordinator, and answers at once.
/// </summary>
/// <param name="board">the claims that this node knows of; asked from the coordinator's thread</param>
/// <param name="self">this node's address: regions of this node have none</param>
/// <param name="isUp">whether a node can be given shards: a node that leaves hands its own over and takes none</param>
sealed class ConsumerGroupAllocationStrategy(
    Func<ClaimBoard> board, Address self, Func<Address, bool> isUp) : IShardAllocationStrategy
{
    /// <summary>The id of a partition's shard.</summary>
    public static string ShardOf(int partition) => partition.ToString(CultureInfo.InvariantCulture);

    public Task<IActorRef> AllocateShard(IActorRef requester, string shardId,
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
        Task.FromResult(Claimed(board(), shardId, currentShardAllocations.Keys) ?? Unclaimed(requester, currentShardAllocations));

    public Task<IImmutableSet<string>> Rebalance(IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations,
        IImmutableSet<string> rebalanceInProgress)
    {
        var claims = board();
        var misplaced = ImmutableHashSet.CreateBuilder<string>();
        foreach (var (region, shards) in currentShardAllocations)
        {
            foreach (var shard in shards)
            {
                if (!rebalanceInProgress.Contains(shard) && Claimed(claims, shard, currentShardAllocations.Keys) is { } home && !home.Equals(region))
                    misplaced.Add(shard);
            }
        }
        return Task.FromResult<IImmutableSet<string>>(misplaced.ToImmutable());
    }

    // The region on the node that has the partition; null when nobody claims it, or the node has no region (any more).
    IActorRef? Claimed(ClaimBoard claims, string shard, IEnumerable<IActorRef> regions)
    {
        if (claims.Find(PartitionOf(shard)) is not { } claim || !isUp(claim.Node))
            return null;
        return regions.FirstOrDefault(region => AddressOf(region).Equals(claim.Node));
    }

    // An unclaimed shard's gateway says that nobody has the partition. One place is as good as another; the requester's saves a hop.
    IActorRef Unclaimed(IActorRef requester, IImmutableDictionary<IActorRef, IImmutableList<string>> regions) =>
        regions.ContainsKey(requester)
            ? requester
            : regions.OrderBy(region => !isUp(AddressOf(region.Key))).ThenBy(region => region.Value.Count)
                .ThenBy(region => AddressOf(region.Key), Akka.Cluster.Member.AddressOrdering).First().Key;

    Address AddressOf(IActorRef region) => region.Path.Address.HasLocalScope ? self : region.Path.Address;

    static int PartitionOf(string shard) => int.TryParse(shard, NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
        ? partition
        : throw new ArgumentException($"\"{shard}\" is no shard of a group; expected the number of a partition.", nameof(shard));
}
