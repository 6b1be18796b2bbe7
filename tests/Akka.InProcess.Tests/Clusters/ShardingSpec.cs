using System.Collections.Concurrent;
using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Akka.InProcess.Tests.Clusters;

using Cluster = Akka.Cluster.Cluster;

public sealed class ShardingSpec
{
    const string TypeName = "clicks";

    const string Sharding = """
        akka.cluster.sharding {
          state-store-mode = ddata
          remember-entities = off
          passivate-idle-entity-after = off
          rebalance-interval = 200ms
          retry-interval = 200ms
          handoff-timeout = 10s
          distributed-data.durable.keys = []
          distributed-data.gossip-interval = 200ms
          distributed-data.notify-subscribers-interval = 100ms
          updating-state-timeout = 1s
          waiting-for-state-timeout = 500ms
        }
        akka.cluster.singleton.hand-over-retry-interval = 200ms
        akka.cluster.singleton.min-number-of-hand-over-retries = 10
        akka.cluster.distributed-data.durable.keys = []
        """;

    readonly ConcurrentQueue<string> _log = new();
    readonly Placement _placement = new();

    [Fact]
    public async Task Shards_must_be_where_the_strategy_puts_them_and_be_reached_from_everywhere()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(3, Sharding);
        for (var shard = 0; shard < 12; shard++)
            Want(shard, systems[shard % 3]);
        var regions = systems.Select(Start).ToArray();
        await RegionsAre(regions[0], systems);
        foreach (var region in regions)
            for (var shard = 0; shard < 12; shard++)
                (await Ask(region, shard)).ShouldBe(PortOf(systems[shard % 3]));
        var states = await Task.WhenAll(regions.Select(region => region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, Nodes.Patience)));
        states.ShouldAllBe(state => state.Shards.Count == 4 && state.Shards.All(shard => shard.EntityIds.Count == 1));
        var stats = await regions[1].Ask<ClusterShardingStats>(new GetClusterShardingStats(TimeSpan.FromSeconds(5)), Nodes.Patience);
        stats.Regions.Keys.ShouldBe(systems.Select(Nodes.AddressOf), ignoreOrder: true);
        stats.Regions.Values.ShouldAllBe(region => region.Stats.Count == 4);
    }

    [Fact]
    public async Task A_proxy_must_reach_shards_and_host_none()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(3, Sharding, i => i < 2 ? "worker" : "web");
        Want(0, systems[1]);
        var settings = ClusterSharding.Get(systems[0]).Settings.WithRole("worker");
        foreach (var system in systems[..2])
            Start(system, settings);
        var proxy = ClusterSharding.Get(systems[2]).StartProxy(TypeName, "worker", new ByShard());
        await RegionsAre(proxy, systems[..2]);
        (await Ask(proxy, 0)).ShouldBe(PortOf(systems[1]));
        (await proxy.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, Nodes.Patience)).Shards.ShouldBeEmpty();
        // A region on a node without the role is a proxy.
        Start(systems[2], settings).ShouldBe(proxy);
    }

    [Fact]
    public async Task A_rebalanced_shard_must_be_flushed_first_and_started_at_its_new_place_without_being_asked_for()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(3, Sharding);
        Want(0, systems[1]);
        var regions = systems.Select(system => Start(system)).ToArray();
        await RegionsAre(regions[0], systems);
        (await Ask(regions[2], 0)).ShouldBe(PortOf(systems[1]));
        Want(0, systems[2]);
        await Nodes.Until(() => _log.Contains($"0 flushes on {PortOf(systems[1])}"), () => string.Join("; ", _log));
        await Nodes.Until(() => HostsShard(regions[2]), () => "the shard has not come");
        (await Ask(regions[0], 0)).ShouldBe(PortOf(systems[2]));
        _log.ShouldBe([$"0 starts on {PortOf(systems[1])}", $"0 flushes on {PortOf(systems[1])}", $"0 starts on {PortOf(systems[2])}"]);
    }

    [Fact]
    public async Task An_entity_that_does_not_stop_must_be_stopped_before_the_hand_off_times_out()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(2, Sharding + "\nakka.cluster.sharding.handoff-timeout = 6s");
        Want(0, systems[0]);
        var regions = systems.Select(system => Start(system, ignoresFlush: true)).ToArray();
        await RegionsAre(regions[0], systems);
        (await Ask(regions[0], 0)).ShouldBe(PortOf(systems[0]));
        Want(0, systems[1]);
        await Nodes.Until(() => HostsShard(regions[1]), () => string.Join("; ", _log));
        (await Ask(regions[0], 0)).ShouldBe(PortOf(systems[1]));
    }

    [Fact]
    public async Task A_node_that_leaves_must_hand_over_its_shards_before()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(3, Sharding);
        Want(0, systems[2]);
        var regions = systems.Select(system => Start(system)).ToArray();
        await RegionsAre(regions[0], systems);
        (await Ask(regions[0], 0)).ShouldBe(PortOf(systems[2]));
        await systems[2].Terminate().WaitAsync(Nodes.Patience);
        _log.ShouldContain($"0 flushes on {PortOf(systems[2])}");
        (await AskUntilAnswered(regions[0], 0)).ShouldNotBe(PortOf(systems[2]));
    }

    [Fact]
    public async Task The_coordinator_must_move_on_when_its_node_leaves_and_shards_must_stay()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(3, Sharding);
        Want(0, systems[2]);
        Want(1, systems[0]);
        var regions = systems.Select(system => Start(system)).ToArray();
        await RegionsAre(regions[1], systems);
        (await Ask(regions[1], 0)).ShouldBe(PortOf(systems[2]));
        (await Ask(regions[1], 1)).ShouldBe(PortOf(systems[0]));
        await Cluster.Get(systems[0]).LeaveAsync(new CancellationTokenSource(Nodes.Patience).Token);
        Want(1, systems[2]);
        (await AskUntilAnswered(regions[1], 0)).ShouldBe(PortOf(systems[2]));
        await AskUntil(regions[1], 1, PortOf(systems[2]));
        _log.Count(line => line.StartsWith("0 starts", StringComparison.Ordinal)).ShouldBe(1);
        // The new coordinator decides.
        Want(2, systems[2]);
        (await AskUntilAnswered(regions[1], 2)).ShouldBe(PortOf(systems[2]));
        _placement.Asked.ShouldContain($"2 at {PortOf(systems[1])}");
    }

    [Fact]
    public async Task Shards_of_a_crashed_node_must_be_started_elsewhere_also_when_the_coordinator_was_there()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(3, Sharding);
        Want(0, systems[0]);
        Want(1, systems[1]);
        var regions = systems.Select(system => Start(system)).ToArray();
        await RegionsAre(regions[1], systems);
        (await Ask(regions[1], 0)).ShouldBe(PortOf(systems[0]));
        (await Ask(regions[2], 1)).ShouldBe(PortOf(systems[1]));
        Nodes.Crash(systems[0]);
        Want(0, systems[2]);
        (await AskUntilAnswered(regions[1], 0)).ShouldBe(PortOf(systems[2]));
        (await AskUntilAnswered(regions[2], 1)).ShouldBe(PortOf(systems[1]));
        await RegionsAre(regions[1], systems[1..]);
    }

    [Fact]
    public async Task Settings_must_need_the_extension_before()
    {
        await using var nodes = new Nodes();
        var system = nodes.Start(Sharding);
        Should.Throw<Exception>(() => ClusterShardingSettings.Create(system));
        ClusterSharding.Get(system);
        var settings = ClusterShardingSettings.Create(system);
        settings.StateStoreMode.ShouldBe(StateStoreMode.DData);
        settings.PassivateIdleEntityAfter.ShouldBe(TimeSpan.Zero);
        settings.TuningParameters.RebalanceInterval.ShouldBe(TimeSpan.FromMilliseconds(200));
        settings.Role.ShouldBeNull();
    }

    [Fact]
    public async Task Messages_before_there_is_a_coordinator_must_be_kept()
    {
        await using var nodes = new Nodes();
        var system = nodes.Start(Sharding);
        var answer = Start(system).Ask<string>(new Where("0"), Nodes.Patience);
        Cluster.Get(system).Join(Nodes.AddressOf(system));
        (await answer).ShouldBe(PortOf(system));
    }

    [Fact]
    public async Task A_buffer_that_is_full_must_lose_what_comes_then_and_nothing_else()
    {
        await using var nodes = new Nodes();
        var system = nodes.Start(Sharding + "\nakka.cluster.sharding.buffer-size = 10");
        var region = Start(system);
        var recorder = new Recorder(system);
        for (var i = 0; i < 15; i++)
            region.Tell(new Where("0"), recorder.Ref);
        // Handled after the messages: they are in the buffer, or lost, when the node joins.
        await region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, Nodes.Patience);
        Cluster.Get(system).Join(Nodes.AddressOf(system));
        await Nodes.Until(() => recorder.Told.Length >= 10, () => $"{recorder.Told.Length} answers");
        (await Ask(region, 0)).ShouldBe(PortOf(system));
        recorder.Told.Length.ShouldBe(10);
    }

    [Fact]
    public async Task An_entity_that_rests_must_get_later_messages_in_a_new_life()
    {
        await using var nodes = new Nodes();
        var system = (await nodes.Form(1, Sharding))[0];
        var region = Start(system);
        (await Ask(region, 0)).ShouldBe(PortOf(system));
        region.Tell(new ShardingEnvelope("0", new Rest()), ActorRefs.NoSender);
        await Nodes.Until(() => _log.Any(line => line.StartsWith("0 flushes", StringComparison.Ordinal)), () => string.Join("; ", _log));
        (await Ask(region, 0)).ShouldBe(PortOf(system));
        _log.Count(line => line.StartsWith("0 starts", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task Starting_an_entity_must_need_no_message_and_starting_a_type_twice_give_the_same_region()
    {
        await using var nodes = new Nodes();
        var system = (await nodes.Form(1, Sharding))[0];
        var region = Start(system);
        Start(system).ShouldBe(region);
        ClusterSharding.Get(system).ShardRegion(TypeName).ShouldBe(region);
        region.Tell(new ShardRegion.StartEntity("7"), ActorRefs.NoSender);
        await Nodes.Until(() => _log.Contains($"7 starts on {PortOf(system)}"), () => string.Join("; ", _log));
    }

    [Fact]
    public async Task A_region_that_shuts_down_must_leave_its_shards_to_others()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(2, Sharding);
        Want(0, systems[1]);
        var regions = systems.Select(system => Start(system)).ToArray();
        await RegionsAre(regions[0], systems);
        (await Ask(regions[0], 0)).ShouldBe(PortOf(systems[1]));
        var watcher = new Recorder(systems[1]);
        watcher.Watch(regions[1]);
        regions[1].Tell(GracefulShutdown.Instance, ActorRefs.NoSender);
        await watcher.Expect<Terminated>();
        (await AskUntilAnswered(regions[0], 0)).ShouldBe(PortOf(systems[0]));
    }

    [Fact]
    public async Task The_default_strategy_must_even_out_shards_over_nodes_that_come()
    {
        await using var nodes = new Nodes();
        var first = (await nodes.Form(1, Sharding))[0];
        var region = StartDefault(first);
        for (var shard = 0; shard < 6; shard++)
            (await Ask(region, shard)).ShouldBe(PortOf(first));
        var second = nodes.Start(Sharding);
        await Nodes.Join(second, first);
        var other = StartDefault(second);
        await Nodes.Until(() => ShardsOf(region) == 3 && ShardsOf(other) == 3, () => $"{ShardsOf(region)} and {ShardsOf(other)} shards");

        IActorRef StartDefault(ActorSystem system) => ClusterSharding.Get(system).Start(TypeName,
            id => Props.Create(() => new Gateway(id, _log, false)), ClusterSharding.Get(system).Settings, new ByShard(),
            ShardAllocationStrategy.LeastShardAllocationStrategy(1, 1), new Flush());
    }

    IActorRef Start(ActorSystem system) => Start(system, null);

    IActorRef Start(ActorSystem system, ClusterShardingSettings settings = null, bool ignoresFlush = false) => ClusterSharding.Get(system).Start(TypeName,
        id => Props.Create(() => new Gateway(id, _log, ignoresFlush)), settings ?? ClusterSharding.Get(system).Settings, new ByShard(),
        _placement.On(system), new Flush());

    void Want(int shard, ActorSystem at) => _placement.Wanted[Id(shard)] = Nodes.AddressOf(at);

    static Task<string> Ask(IActorRef region, int shard) => region.Ask<string>(new Where(Id(shard)), Nodes.Patience);

    // What is on its way when a shard moves can be lost: who asks has to ask again.
    static async Task<string> AskUntilAnswered(IActorRef region, int shard)
    {
        for (var deadline = DateTime.UtcNow + Nodes.Patience; ;)
        {
            try
            {
                return await region.Ask<string>(new Where(Id(shard)), TimeSpan.FromSeconds(1));
            }
            catch (AskTimeoutException) when (DateTime.UtcNow < deadline)
            {
            }
        }
    }

    static async Task AskUntil(IActorRef region, int shard, string expected)
    {
        var found = "nowhere";
        for (var deadline = DateTime.UtcNow + Nodes.Patience; found != expected && DateTime.UtcNow < deadline;)
            found = await AskUntilAnswered(region, shard);
        found.ShouldBe(expected);
    }

    static async Task RegionsAre(IActorRef region, ActorSystem[] systems)
    {
        var expected = systems.Select(Nodes.AddressOf).ToHashSet();
        await Nodes.Until(() => expected.SetEquals(Regions(region)), () => $"regions on [{string.Join(", ", Regions(region))}]");
    }

    static IEnumerable<Address> Regions(IActorRef region) =>
        region.Ask<CurrentRegions>(GetCurrentRegions.Instance, Nodes.Patience).GetAwaiter().GetResult().Regions;

    static int ShardsOf(IActorRef region) =>
        region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, Nodes.Patience).GetAwaiter().GetResult().Shards.Count;

    static bool HostsShard(IActorRef region) => ShardsOf(region) == 1;

    static string PortOf(ActorSystem system) => Nodes.AddressOf(system).Port.ToString();

    static string Id(int shard) => shard.ToString(CultureInfo.InvariantCulture);
}
