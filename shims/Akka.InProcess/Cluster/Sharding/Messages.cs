using System.Collections.Immutable;
using Akka.Actor;
using Akka.Remote;

namespace Akka.Cluster.Sharding;

/// <summary>A message with the id of its entity.</summary>
public sealed class ShardingEnvelope : IWrappedMessage, IClusterShardingSerializable, IEquatable<ShardingEnvelope>, ICarriesReferences
{
    public ShardingEnvelope(string entityId, object message)
    {
        EntityId = entityId;
        Message = message;
    }

    public string EntityId { get; }

    public object Message { get; }

    public bool Equals(ShardingEnvelope other) => other is not null && EntityId == other.EntityId && Equals(Message, other.Message);

    public override bool Equals(object obj) => Equals(obj as ShardingEnvelope);

    public override int GetHashCode() => HashCode.Combine(EntityId, Message);

    public override string ToString() => $"ShardingEnvelope({EntityId}, {Message})";

    object ICarriesReferences.For(WireContext wire) => new ShardingEnvelope(EntityId, wire.Message(Message));
}

/// <summary>An entity to its parent: stop me with this message, and keep what comes for me until I am started again.</summary>
public sealed class Passivate : IShardRegionCommand
{
    public Passivate(object stopMessage) => StopMessage = stopMessage;

    public object StopMessage { get; }
}

/// <summary>To a region: hand over all shards, then stop.</summary>
public sealed class GracefulShutdown : IShardRegionCommand
{
    public static readonly GracefulShutdown Instance = new();

    GracefulShutdown()
    {
    }
}

/// <summary>Answered with <see cref="CurrentRegions"/>.</summary>
public sealed class GetCurrentRegions : IShardRegionQuery, IClusterShardingSerializable
{
    public static readonly GetCurrentRegions Instance = new();

    GetCurrentRegions()
    {
    }

    public override string ToString() => "GetCurrentRegions";
}

public sealed class CurrentRegions : IClusterShardingSerializable
{
    public readonly IImmutableSet<Address> Regions;

    public CurrentRegions(IImmutableSet<Address> regions) => Regions = regions;

    public override string ToString() => $"CurrentShardRegions({string.Join(", ", Regions)})";
}

/// <summary>Answered with <see cref="ClusterShardingStats"/>.</summary>
public sealed class GetClusterShardingStats : IShardRegionQuery, IClusterShardingSerializable
{
    /// <summary>How long to wait for the regions.</summary>
    public readonly TimeSpan Timeout;

    public GetClusterShardingStats(TimeSpan timeout) => Timeout = timeout;

    public override string ToString() => $"GetClusterShardingStats({Timeout})";
}

public sealed class ClusterShardingStats : IClusterShardingSerializable
{
    public readonly IImmutableDictionary<Address, ShardRegionStats> Regions;

    public ClusterShardingStats(IImmutableDictionary<Address, ShardRegionStats> regions) => Regions = regions;

    public override string ToString() => $"ClusterShardingStats({string.Join(", ", Regions.Select(region => $"[{region.Key}: {region.Value}]"))})";
}

/// <summary>Answered by a region with <see cref="ShardRegionStats"/>.</summary>
public sealed class GetShardRegionStats : IShardRegionQuery, IClusterShardingSerializable
{
    public static readonly GetShardRegionStats Instance = new();

    GetShardRegionStats()
    {
    }

    public override string ToString() => "GetShardRegionStats";
}

public sealed class ShardRegionStats : IClusterShardingSerializable
{
    /// <summary>The number of entities of each shard.</summary>
    public readonly IImmutableDictionary<string, int> Stats;

    /// <summary>The shards that did not answer.</summary>
    public readonly IImmutableSet<string> Failed;

    public ShardRegionStats(IImmutableDictionary<string, int> stats)
        : this(stats, ImmutableHashSet<string>.Empty)
    {
    }

    public ShardRegionStats(IImmutableDictionary<string, int> stats, IImmutableSet<string> failed)
    {
        Stats = stats;
        Failed = failed;
    }

    public override string ToString() => $"ShardRegionStats({string.Join(", ", Stats.Select(shard => $"[{shard.Key}: {shard.Value}]"))})";
}

/// <summary>Answered by a region with <see cref="CurrentShardRegionState"/>.</summary>
public sealed class GetShardRegionState : IShardRegionQuery, IClusterShardingSerializable
{
    public static readonly GetShardRegionState Instance = new();

    GetShardRegionState()
    {
    }

    public override string ToString() => "GetShardRegionState";
}

public sealed class CurrentShardRegionState : IClusterShardingSerializable
{
    public readonly IImmutableSet<ShardState> Shards;

    public readonly IImmutableSet<string> Failed;

    public CurrentShardRegionState(IImmutableSet<ShardState> shards)
        : this(shards, ImmutableHashSet<string>.Empty)
    {
    }

    public CurrentShardRegionState(IImmutableSet<ShardState> shards, IImmutableSet<string> failed)
    {
        Shards = shards;
        Failed = failed;
    }

    public override string ToString() => $"CurrentShardRegionState({string.Join(", ", Shards)})";
}

public sealed class ShardState : IClusterShardingSerializable
{
    public readonly string ShardId;

    public readonly IImmutableSet<string> EntityIds;

    public ShardState(string shardId, IImmutableSet<string> entityIds)
    {
        ShardId = shardId;
        EntityIds = entityIds;
    }

    public override string ToString() => $"ShardState({ShardId}, {string.Join(", ", EntityIds)})";
}
