using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Akka.InProcess.Tests.Clusters;

using Cluster = Akka.Cluster.Cluster;

/// <summary>Where is the entity? Answered with the port of its node.</summary>
public sealed record Where(string Shard);

/// <summary>Tells the entity to ask for its passivation.</summary>
public sealed record Rest;

/// <summary>The stop message of a hand-off.</summary>
public sealed record Flush;

/// <summary>Shard and entity are the same.</summary>
public sealed class ByShard : IMessageExtractor
{
    public string EntityId(object message) => (message as Where)?.Shard;

    public object EntityMessage(object message) => message;

    public string ShardId(object message) => EntityId(message);

    public string ShardId(string entityId, object messageHint = null) => entityId;
}

/// <summary>An entity that says where it is and, to the spec, what happens to it.</summary>
public sealed class Gateway : ReceiveActor
{
    public Gateway(string id, ConcurrentQueue<string> log, bool ignoresFlush)
    {
        var port = Cluster.Get(Context.System).SelfAddress.Port;
        log.Enqueue($"{id} starts on {port}");
        Receive<Where>(_ => Sender.Tell(port.ToString()));
        Receive<Rest>(_ => Context.Parent.Tell(new Passivate(new Flush())));
        Receive<Flush>(_ =>
        {
            log.Enqueue($"{id} flushes on {port}");
            if (!ignoresFlush)
                Context.Stop(Self);
        });
    }
}

/// <summary>Places shards where the spec says, on all nodes the same.</summary>
public sealed class Placement
{
    public ConcurrentDictionary<string, Address> Wanted { get; } = new();

    public ConcurrentQueue<string> Asked { get; } = new();

    public IShardAllocationStrategy On(ActorSystem system) => new At(this, Nodes.AddressOf(system));

    sealed class At(Placement placement, Address self) : IShardAllocationStrategy
    {
        public Task<IActorRef> AllocateShard(IActorRef requester, string shardId,
            IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
        {
            placement.Asked.Enqueue($"{shardId} at {self.Port}");
            return Task.FromResult(currentShardAllocations.Keys.FirstOrDefault(region => AddressOf(region).Equals(placement.Wanted.GetValueOrDefault(shardId)))
                ?? currentShardAllocations.Keys.OrderBy(region => AddressOf(region).Port).First());
        }

        public Task<IImmutableSet<string>> Rebalance(IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations,
            IImmutableSet<string> rebalanceInProgress)
        {
            var nodes = currentShardAllocations.Keys.Select(AddressOf).ToHashSet();
            return Task.FromResult<IImmutableSet<string>>((
                from region in currentShardAllocations
                from shard in region.Value
                where placement.Wanted.TryGetValue(shard, out var wanted) && nodes.Contains(wanted) && !wanted.Equals(AddressOf(region.Key))
                where !rebalanceInProgress.Contains(shard)
                select shard).ToImmutableHashSet());
        }

        Address AddressOf(IActorRef region) => region.Path.Address.HasLocalScope ? self : region.Path.Address;
    }
}
