using System.Collections.Immutable;
using Akka.Actor;
using Akka.Remote;

namespace Akka.Cluster.Sharding;

/// <summary>What regions and the coordinator tell each other.</summary>
static class Protocol
{
    public sealed record Register(IActorRef Region, bool IsProxy) : ICarriesReferences
    {
        public object For(WireContext wire) => this with { Region = wire.Ref(Region) };
    }

    public sealed record RegisterAck(IActorRef Coordinator) : ICarriesReferences
    {
        public object For(WireContext wire) => new RegisterAck(wire.Ref(Coordinator));
    }

    public sealed record GetShardHome(string Shard);

    public sealed record ShardHome(string Shard, IActorRef Region) : ICarriesReferences
    {
        public object For(WireContext wire) => this with { Region = wire.Ref(Region) };
    }

    public sealed record HostShard(string Shard);

    public sealed record ShardStarted(string Shard);

    public sealed record BeginHandOff(string Shard);

    public sealed record BeginHandOffAck(string Shard);

    public sealed record HandOff(string Shard);

    public sealed record ShardStopped(string Shard);

    public sealed record GracefulShutdownRequest(IActorRef Region) : ICarriesReferences
    {
        public object For(WireContext wire) => new GracefulShutdownRequest(wire.Ref(Region));
    }

    public sealed record RegionStopped(IActorRef Region) : ICarriesReferences
    {
        public object For(WireContext wire) => new RegionStopped(wire.Ref(Region));
    }

    /// <summary>To the coordinator: stop, but not before the region of the same node has handed over.</summary>
    public sealed record StopCoordinator;

    public sealed record GetShardState;
}

/// <summary>What the coordinator knows, and leaves to the next one.</summary>
sealed record CoordinatorState(ImmutableDictionary<string, IActorRef> Shards, ImmutableDictionary<IActorRef, IImmutableList<string>> Regions,
    ImmutableHashSet<IActorRef> Proxies)
{
    public static readonly CoordinatorState Empty = new(ImmutableDictionary<string, IActorRef>.Empty,
        ImmutableDictionary<IActorRef, IImmutableList<string>>.Empty, []);

    public CoordinatorState WithRegion(IActorRef region) => this with { Regions = Regions.SetItem(region, ImmutableList<string>.Empty) };

    public CoordinatorState WithoutRegion(IActorRef region) => this with
    {
        Shards = Shards.RemoveRange(Regions[region]),
        Regions = Regions.Remove(region),
    };

    public CoordinatorState Allocate(string shard, IActorRef region) => this with
    {
        Shards = Shards.SetItem(shard, region),
        Regions = Regions.SetItem(region, Regions[region].Add(shard)),
    };

    public CoordinatorState Deallocate(string shard) => this with
    {
        Shards = Shards.Remove(shard),
        Regions = Regions.SetItem(Shards[shard], Regions[Shards[shard]].Remove(shard)),
    };

    /// <summary>The same, with the references that another system has for the regions.</summary>
    public CoordinatorState For(NodeEndpoint node) => new(Shards.ToImmutableDictionary(shard => shard.Key, shard => node.Localize(shard.Value)),
        Regions.ToImmutableDictionary(region => node.Localize(region.Key), region => region.Value), [.. Proxies.Select(node.Localize)]);
}
