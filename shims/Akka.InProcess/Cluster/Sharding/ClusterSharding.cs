using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster.Sharding;

/// <summary>Spreads actors, the entities, over the nodes of a cluster, in shards that can move.</summary>
public class ClusterSharding : IExtension
{
    readonly ExtendedActorSystem _system;
    readonly Cluster _cluster;
    readonly IActorRef _guardian;
    readonly ConcurrentDictionary<string, IActorRef> _regions = new();
    readonly ConcurrentDictionary<string, IActorRef> _proxies = new();

    public ClusterSharding(ExtendedActorSystem system)
    {
        _system = system;
        system.Settings.InjectTopLevelFallback(DefaultConfig());
        _cluster = Cluster.Get(system);
        Settings = ClusterShardingSettings.Create(system);
        _guardian = system.SystemActorOf(Props.Create(() => new ShardingGuardian()), system.Settings.Config.GetString("akka.cluster.sharding.guardian-name"));
    }

    public ClusterShardingSettings Settings { get; }

    /// <summary>The types whose entities this node hosts.</summary>
    public ImmutableHashSet<string> ShardTypeNames => [.. _regions.Keys];

    public static ClusterSharding Get(ActorSystem system) => system.WithExtension<ClusterSharding, ClusterShardingExtensionProvider>();

    /// <summary>The defaults below akka.cluster.sharding.</summary>
    public static Config DefaultConfig() => ConfigurationFactory.FromResource<ClusterSharding>("Akka.Cluster.Sharding.sharding.conf");

    public IActorRef Start(string typeName, Props entityProps, ClusterShardingSettings settings, IMessageExtractor messageExtractor) =>
        Start(typeName, _ => entityProps, settings, messageExtractor);

    public IActorRef Start(string typeName, Props entityProps, ClusterShardingSettings settings, IMessageExtractor messageExtractor,
        IShardAllocationStrategy allocationStrategy, object handOffStopMessage) =>
        Start(typeName, _ => entityProps, settings, messageExtractor, allocationStrategy, handOffStopMessage);

    public IActorRef Start(string typeName, Func<string, Props> entityPropsFactory, ClusterShardingSettings settings, IMessageExtractor messageExtractor) =>
        Start(typeName, entityPropsFactory, settings, messageExtractor, DefaultShardAllocationStrategy(settings), PoisonPill.Instance);

    /// <summary>Starts the region of a type: once per node and type, a second time gives the first one's.</summary>
    /// <param name="typeName">the same on all nodes</param>
    /// <param name="entityPropsFactory">by entity id</param>
    /// <param name="settings">on a node without their role, a proxy is started</param>
    /// <param name="messageExtractor">the same on all nodes</param>
    /// <param name="allocationStrategy">used where the coordinator runs</param>
    /// <param name="handOffStopMessage">told to entities whose shard moves; they have to stop then</param>
    public IActorRef Start(string typeName, Func<string, Props> entityPropsFactory, ClusterShardingSettings settings, IMessageExtractor messageExtractor,
        IShardAllocationStrategy allocationStrategy, object handOffStopMessage)
    {
        if (settings.Role != null && !_cluster.SelfRoles.Contains(settings.Role))
            return StartProxy(typeName, settings.Role, messageExtractor);
        return Started(_regions, typeName, new ShardingGuardian.StartRegion(typeName, Uri.EscapeDataString(typeName), entityPropsFactory, settings,
            messageExtractor, allocationStrategy, handOffStopMessage));
    }

    public Task<IActorRef> StartAsync(string typeName, Func<string, Props> entityPropsFactory, ClusterShardingSettings settings,
        IMessageExtractor messageExtractor, IShardAllocationStrategy allocationStrategy, object handOffStopMessage) =>
        Task.FromResult(Start(typeName, entityPropsFactory, settings, messageExtractor, allocationStrategy, handOffStopMessage));

    /// <summary>Starts what leads to the entities from a node that hosts none.</summary>
    public IActorRef StartProxy(string typeName, string role, IMessageExtractor messageExtractor) =>
        Started(_proxies, typeName, new ShardingGuardian.StartRegion(typeName, Uri.EscapeDataString(typeName + "Proxy"), null,
            Settings.WithRole(role), messageExtractor, null, PoisonPill.Instance));

    public Task<IActorRef> StartProxyAsync(string typeName, string role, IMessageExtractor messageExtractor) =>
        Task.FromResult(StartProxy(typeName, role, messageExtractor));

    /// <summary>The region, or else the proxy, of a type that has been started.</summary>
    public IActorRef ShardRegion(string typeName) =>
        _regions.TryGetValue(typeName, out var region) || _proxies.TryGetValue(typeName, out region)
            ? region
            : throw new ArgumentException($"Shard type [{typeName}] must be started first");

    public IActorRef ShardRegionProxy(string typeName) => _proxies.TryGetValue(typeName, out var proxy)
        ? proxy
        : throw new ArgumentException($"Shard type [{typeName}] must be started first");

    public IShardAllocationStrategy DefaultShardAllocationStrategy(ClusterShardingSettings settings) =>
        ShardAllocationStrategy.LeastShardAllocationStrategy(
            settings.TuningParameters.LeastShardAllocationAbsoluteLimit, settings.TuningParameters.LeastShardAllocationRelativeLimit);

    IActorRef Started(ConcurrentDictionary<string, IActorRef> started, string typeName, ShardingGuardian.StartRegion start)
    {
        if (started.TryGetValue(typeName, out var running))
            return running;
        running = _guardian.Ask<IActorRef>(start, _system.Settings.CreationTimeout).GetAwaiter().GetResult();
        return started.GetOrAdd(typeName, running);
    }
}

public sealed class ClusterShardingExtensionProvider : ExtensionIdProvider<ClusterSharding>
{
    public override ClusterSharding CreateExtension(ExtendedActorSystem system) => new(system);
}

/// <summary>The parent of the regions and of those who run their coordinators.</summary>
sealed class ShardingGuardian : ReceiveActor
{
    public ShardingGuardian() => Receive<StartRegion>(Start);

    void Start(StartRegion start)
    {
        var coordinatorName = Uri.EscapeDataString(start.TypeName + "Coordinator");
        if (start.Strategy is { } strategy && Context.Child(coordinatorName).IsNobody())
            Context.ActorOf(Props.Create(() => new CoordinatorManager(start.TypeName, start.Settings, strategy)), coordinatorName);
        if (Context.Child(start.Name) is var running && running.IsNobody())
        {
            var path = string.Join('/', Self.Path.Elements) + $"/{coordinatorName}/coordinator";
            running = Context.ActorOf(Props.Create(() => new RegionActor(start.TypeName, start.EntityProps, start.Settings, path, start.Extractor,
                start.StopMessage)), start.Name);
        }
        Sender.Tell(running);
    }

    public sealed record StartRegion(string TypeName, string Name, Func<string, Props> EntityProps, ClusterShardingSettings Settings,
        IMessageExtractor Extractor, IShardAllocationStrategy Strategy, object StopMessage) : INoSerializationVerificationNeeded;
}
