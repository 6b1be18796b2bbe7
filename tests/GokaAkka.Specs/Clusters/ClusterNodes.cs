using Akka.Cluster.Sharding;

namespace GokaAkka.Specs.Clusters;

/// <summary>
/// Actor systems of one process that form a cluster, on one Kafka in memory. What is specified with them holds on Akka.NET's cluster as well: the
/// settings make it quick, and what is expected is waited for.
/// </summary>
public sealed class ClusterNodes : IAsyncDisposable
{
    public const string Group = "latest";
    public const string Table = "latest-table";
    public const int Partitions = 12;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal static readonly Config Settings = ConfigurationFactory.ParseString(
        """
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = []
          log-dead-letters = off
          actor.provider = cluster
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          remote.log-remote-lifecycle-events = off
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, tcp-reuse-addr = off }
          cluster {
            log-info = off
            gossip-interval = 100ms
            leader-actions-interval = 100ms
            periodic-tasks-initial-delay = 100ms
            unreachable-nodes-reaper-interval = 100ms
            failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 4s }
            split-brain-resolver { stable-after = 1s, down-all-when-unstable = off }
          }
        }
        goka {
          processor { poll-timeout = 10ms, commit-interval = 20ms, drain-timeout = 5s }
          table.flush-interval = 20ms
          query.timeout = 30s
          inspection.answer-timeout = 20s
        }
        """);

    const string Strict = "akka.actor.serialization-settings.allow-unregistered-types = false";

    readonly List<Node> _nodes = [];

    public ClusterNodes() => Kafka.CreateTopic("in", Partitions);

    public InMemoryKafka Kafka { get; } = new();

    /// <summary>What the nodes have logged of messages that could not be written or read. There must be none by the end.</summary>
    public ConcurrentQueue<string> Refused { get; } = new();

    /// <summary>Keeps the last value of each key: to process a record twice changes nothing.</summary>
    public static GroupGraph<long> Latest { get; } = GroupGraph.Define<long>(Group, static g => g
        .Input("in", Codec.Int64, static (ctx, value) => ctx.SetValue(value))
        .Persist(Codec.Int64));

    /// <summary>Starts a system; it joins the first one's cluster, or makes one.</summary>
    public async Task<Node> Start(string settings = "", bool joins = true)
    {
        var number = _nodes.Count + 1;
        var config = ConfigurationFactory.ParseString(settings).WithFallback($"goka.kafka.client-id = node-{number}").WithFallback(Strict).WithFallback(Settings);
        var system = ActorSystem.Create("nodes", config);
        system.EventStream.Subscribe(system.ActorOf(RefusalListener.Props(Refused)), typeof(LogEvent));
        var node = new Node(system, new MortalKafka(Kafka), $"node-{number}");
        _nodes.Add(node);
        if (joins)
        {
            using var deadline = new CancellationTokenSource(Patience);
            await node.Cluster.JoinAsync((_nodes.Find(static n => n.IsAlive && n.Cluster.IsUp) ?? node).Cluster.SelfAddress, deadline.Token);
        }

        return node;
    }

    /// <summary>Starts a system that runs the group.</summary>
    public async Task<Node> StartMember(string settings = "")
    {
        var node = await Start(settings);
        node.Processor = node.Goka.Process(Latest);
        await node.Processor.Ready.WaitAsync(Patience);
        return node;
    }

    /// <summary>Ends a node as a kill of its process would: nobody is told.</summary>
    /// <param name="node">The node.</param>
    /// <param name="expires">Whether the session of its member of the group ends at once, or not in the test's time.</param>
    public void Crash(Node node, bool expires = true)
    {
        node.IsAlive = false;
        node.Kafka.Die();
        ((ExtendedActorSystem)node.System).Abort();
        if (expires)
            Kafka.ExpireMember(Group, $"{node.Name}-{Group}");
    }

    public void Send(string key, long value) =>
        Kafka.Append("in", PartitionOf(key), key, value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public static int PartitionOf(string key) => Partitioners.Fnv1a.Partition(System.Text.Encoding.UTF8.GetBytes(key), Partitions);

    public bool IsCommitted() => Enumerable.Range(0, Partitions).All(i => (Kafka.CommittedOffset(Group, "in", i) ?? 0) == Kafka.Offsets("in", i).High);

    public Task Committed() => Until(IsCommitted, () => "not all of the input is committed");

    /// <summary>Waits until every partition processes on a live node, and its shard is there and nowhere else.</summary>
    public Task ShardsAreWhereThePartitionsAre()
    {
        var (running, shards) = ("", "");
        return Until(
            () =>
            {
                running = Show(static n => n.Processor?.Partitions.Where(static p => p.State == PartitionState.Running).Select(static p => p.Partition) ?? []);
                shards = Show(static n => n.Shards().Select(int.Parse));
                return running == shards && Alive().Sum(static n => n.Processor?.Partitions.Count(static p => p.State == PartitionState.Running) ?? 0) == Partitions;
            },
            () => $"partitions {running}; shards {shards}; claims " + string.Join("; ", Alive().Select(static n => $"{n.Name} knows {n.Claims()}")));
    }

    public IEnumerable<Node> Alive() => _nodes.Where(static n => n.IsAlive);

    public static async Task Until(Func<bool> condition, Func<string> state)
    {
        var deadline = DateTime.UtcNow + Patience;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException($"Not so within {Patience}: {state()}");
            await timer.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            node.Kafka.Die();
            ((ExtendedActorSystem)node.System).Abort();
        }

        await Task.WhenAll(_nodes.Select(static n => n.System.WhenTerminated)).WaitAsync(Patience);
        Refused.ShouldBeEmpty("messages between nodes that could not be written or read");
    }

    string Show(Func<Node, IEnumerable<int>> of) =>
        string.Join("; ", Alive().Where(static n => n.Processor is not null).Select(n => $"{n.Name}: {string.Join(",", of(n).Order())}"));
}

/// <summary>One system of a cluster.</summary>
public sealed class Node
{
    internal Node(ActorSystem system, MortalKafka kafka, string name)
    {
        (System, Kafka, Name) = (system, kafka, name);
        Goka = Goka.Get(system, new GokaOptions { Kafka = kafka, Storage = new KeptStorage() });
        Cluster = Akka.Cluster.Cluster.Get(system);
    }

    public ActorSystem System { get; }

    public string Name { get; }

    public Goka Goka { get; }

    public Akka.Cluster.Cluster Cluster { get; }

    public string Address => Cluster.SelfAddress.ToString();

    public bool IsAlive { get; set; } = true;

    public Processor<long>? Processor { get; set; }

    internal MortalKafka Kafka { get; }

    /// <summary>The shards of the group on this node.</summary>
    public IReadOnlyList<string> Shards()
    {
        try
        {
            var state = ClusterSharding.Get(System).ShardRegion(ClusterNodes.Group)
                .Ask<CurrentShardRegionState>(GetShardRegionState.Instance, ClusterNodes.Patience).GetAwaiter().GetResult();
            return [.. state.Shards.Select(static s => s.ShardId)];
        }
        catch (ArgumentException)
        {
            // Not started yet.
            return [];
        }
    }

    /// <summary>What it knows of who has which partition.</summary>
    public string Claims()
    {
        var board = Goka.Cluster!.Map.Current.Group(ClusterNodes.Group)?.Board;
        return board is null ? "nothing" : string.Join(" ", board.Partitions.Order().Select(p => $"{p}@{board.Find(p)!.Value.Node.Port}/{board.Find(p)!.Value.Generation}"));
    }

    /// <summary>Leaves cluster and group, and ends.</summary>
    public Task Leave()
    {
        IsAlive = false;
        return CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(ClusterNodes.Patience);
    }
}
