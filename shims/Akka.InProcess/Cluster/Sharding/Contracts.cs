using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>Says to which entity a message goes, to which shard that belongs, and what the entity is to get.</summary>
public interface IMessageExtractor
{
    /// <summary>Null for messages to no entity.</summary>
    string EntityId(object message);

    object EntityMessage(object message);

    [Obsolete("Use ShardId(EntityId, object) instead.")]
    string ShardId(object message);

    string ShardId(string entityId, object messageHint = null);
}

public interface IShardRegionCommand;

public interface IShardRegionQuery;

/// <summary>A message of the sharding itself.</summary>
public interface IClusterShardingSerializable;

/// <summary>Decides, in the coordinator, where shards go.</summary>
public interface IShardAllocationStrategy : INoSerializationVerificationNeeded
{
    /// <param name="requester">who wants to know: a region, a proxy, or nobody after a hand-off</param>
    /// <param name="shardId">has no region</param>
    /// <param name="currentShardAllocations">the regions, each with its shards in the order that it got them</param>
    /// <returns>one of the regions; of any other the request is forgotten, and comes again</returns>
    Task<IActorRef> AllocateShard(IActorRef requester, string shardId,
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations);

    /// <returns>the shards to be stopped where they are and allocated anew</returns>
    Task<IImmutableSet<string>> Rebalance(IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations,
        IImmutableSet<string> rebalanceInProgress);
}

public interface IStartableAllocationStrategy : IShardAllocationStrategy
{
    void Start();
}

public interface IActorSystemDependentAllocationStrategy : IShardAllocationStrategy
{
    void Start(ActorSystem system);
}

public enum StateStoreMode
{
    Persistence,
    DData,
    Custom,
}
