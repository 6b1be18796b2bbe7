using Akka.Actor;

namespace GokaAkka.Tests.Cluster;

public sealed class StandbyPlacementTests
{
    static readonly Address[] Nodes = [.. Enumerable.Range(1, 5).Select(i => new Address("akka.tcp", "shop", $"10.0.0.{i}", 4053))];

    [Fact]
    public void A_partition_is_kept_ready_by_as_many_nodes_as_asked_for_and_never_by_its_owner()
    {
        for (var partition = 0; partition < 100; partition++)
        {
            var owner = Nodes[partition % 5];
            var kept = StandbyPlacement.Of(partition, Nodes, owner, 2).ToList();
            kept.Distinct().Count().ShouldBe(2);
            kept.ShouldNotContain(owner);
        }

        StandbyPlacement.Of(0, Nodes, Nodes[0], 9).Count().ShouldBe(4);
        StandbyPlacement.Of(0, [Nodes[0]], Nodes[0], 1).ShouldBeEmpty();
    }

    [Fact]
    public void All_who_know_the_same_nodes_say_the_same_in_whatever_order_they_know_them()
    {
        for (var partition = 0; partition < 100; partition++)
            StandbyPlacement.Of(partition, Nodes.Reverse(), Nodes[1], 2).ShouldBe(StandbyPlacement.Of(partition, Nodes, Nodes[1], 2));
    }

    [Fact]
    public void A_node_that_comes_moves_only_what_it_takes_and_everyone_gets_a_share()
    {
        var moved = 0;
        var shares = Nodes.ToDictionary(n => n, _ => 0);
        var owner = new Address("akka.tcp", "shop", "10.0.0.9", 4053);
        for (var partition = 0; partition < 1000; partition++)
        {
            var before = StandbyPlacement.Of(partition, Nodes[..4], owner, 1).Single();
            var after = StandbyPlacement.Of(partition, Nodes, owner, 1).Single();
            shares[after]++;
            if (before.Equals(after))
                continue;
            after.ShouldBe(Nodes[4]);
            moved++;
        }

        moved.ShouldBeInRange(120, 280);
        shares.Values.ShouldAllBe(s => s > 120 && s < 280);
    }
}
