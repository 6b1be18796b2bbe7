using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;

namespace GokaAkka.Tests.Cluster;

public sealed class ConsumerGroupAllocationStrategyTests : IDisposable
{
    readonly ActorSystem _system = ActorSystem.Create("goka", ConfigurationFactory.ParseString("""
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.actor.provider = cluster
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        """));

    readonly HashSet<Address> _down = [];
    readonly Address _self;
    readonly IActorRef _here;
    readonly IActorRef _there;
    readonly IActorRef _elsewhere;
    readonly ConsumerGroupAllocationStrategy _strategy;
    ClaimBoard _board = ClaimBoard.Empty;
    long _sequence;

    public ConsumerGroupAllocationStrategyTests()
    {
        _self = Akka.Cluster.Cluster.Get(_system).SelfAddress;
        _here = _system.DeadLetters; // any reference of this system
        _there = RegionAt("there");
        _elsewhere = RegionAt("elsewhere");
        _strategy = new ConsumerGroupAllocationStrategy(() => _board, _self, node => !_down.Contains(node));
    }

    public void Dispose() => _system.Dispose();

    [Fact]
    public async Task A_claimed_shard_must_go_where_its_partition_is_whoever_asks()
    {
        Claim(_there, 1, 0);
        Claim(_here, 1, 1);
        (await Allocate(_elsewhere, "0")).ShouldBe(_there);
        (await Allocate(_elsewhere, "1")).ShouldBe(_here);
    }

    [Fact]
    public async Task An_unclaimed_shard_must_go_to_the_region_that_asks()
    {
        (await Allocate(_elsewhere, "0")).ShouldBe(_elsewhere);
        (await Rebalance(Regions((_there, ["0"])))).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unclaimed_shard_that_no_region_asks_for_must_go_where_there_are_fewest()
    {
        var current = Regions((_here, ["1", "2"]), (_there, ["3"]), (_elsewhere, ["4", "5"]));
        (await _strategy.AllocateShard(ActorRefs.Nobody, "0", current)).ShouldBe(_there);
        _down.Add(_there.Path.Address);
        (await _strategy.AllocateShard(ActorRefs.Nobody, "0", current)).ShouldNotBe(_there);
    }

    [Fact]
    public async Task Only_shards_that_are_not_where_their_partition_is_must_move()
    {
        Claim(_here, 1, 0, 1);
        Claim(_there, 1, 2, 3);
        (await Rebalance(Regions((_here, ["0", "2"]), (_there, ["1", "3", "4"])))).ShouldBe(["1", "2"], ignoreOrder: true);
        (await _strategy.Rebalance(Regions((_here, ["0", "2"]), (_there, ["1", "3"])), ImmutableHashSet.Create("2"))).ShouldBe(["1"]);
    }

    [Fact]
    public async Task A_later_statement_of_an_older_generation_must_move_nothing_back()
    {
        Claim(_there, generation: 7, 0);
        Claim(_here, generation: 6, 0);
        (await Rebalance(Regions((_there, ["0"]), (_here, [])))).ShouldBeEmpty();
        (await Allocate(_here, "0")).ShouldBe(_there);
    }

    [Fact]
    public async Task A_claim_of_a_node_without_a_region_must_move_nothing()
    {
        Claim(_elsewhere, 1, 0);
        (await Rebalance(Regions((_here, ["0"]), (_there, [])))).ShouldBeEmpty();
        (await _strategy.AllocateShard(_here, "0", Regions((_here, []), (_there, [])))).ShouldBe(_here);
    }

    [Fact]
    public async Task A_claim_of_a_node_that_leaves_must_move_nothing_to_it()
    {
        Claim(_there, 1, 0);
        _down.Add(_there.Path.Address);
        (await Rebalance(Regions((_here, ["0"]), (_there, [])))).ShouldBeEmpty();
        (await Allocate(_here, "0")).ShouldBe(_here);
    }

    [Fact]
    public void A_shard_that_is_no_partition_must_be_refused() =>
        Should.Throw<ArgumentException>(() => Allocate(_here, "clicks")).Message.ShouldContain("\"clicks\"");

    Task<IActorRef> Allocate(IActorRef requester, string shard) =>
        _strategy.AllocateShard(requester, shard, Regions((_here, []), (_there, []), (_elsewhere, [])));

    Task<IImmutableSet<string>> Rebalance(IImmutableDictionary<IActorRef, IImmutableList<string>> regions) =>
        _strategy.Rebalance(regions, ImmutableHashSet<string>.Empty);

    void Claim(IActorRef region, int generation, params int[] partitions)
    {
        var address = region.Path.Address.HasLocalScope ? _self : region.Path.Address;
        _board = _board.With(new NodeClaims(new UniqueAddress(address, 1), ++_sequence, generation, [.. partitions]));
    }

    IActorRef RegionAt(string host) =>
        ((ExtendedActorSystem)_system).Provider.ResolveActorRef($"akka.tcp://goka@{host}:4053/system/sharding/clicks");

    static IImmutableDictionary<IActorRef, IImmutableList<string>> Regions(params (IActorRef Region, string[] Shards)[] regions) =>
        regions.ToImmutableDictionary(entry => entry.Region, entry => (IImmutableList<string>)entry.Shards.ToImmutableList());
}
