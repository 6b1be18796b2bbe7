using Akka.Actor;
using Akka.Cluster;

namespace GokaAkka.Tests.Cluster;

public sealed class ClaimBoardTests
{
    static readonly UniqueAddress s_a = new(new Address("akka.tcp", "goka", "a", 1), 1);
    static readonly UniqueAddress s_b = new(new Address("akka.tcp", "goka", "b", 1), 2);
    static readonly UniqueAddress s_c = new(new Address("akka.tcp", "goka", "c", 1), 3);

    [Fact]
    public void A_partition_that_nobody_claims_must_have_no_node() => ClaimBoard.Empty.Find(0).ShouldBeNull();

    [Fact]
    public void The_higher_generation_must_win_whoever_speaks_last()
    {
        var older = Claims(s_a, 1, generation: 5, 0, 1);
        var newer = Claims(s_b, 1, generation: 6, 1);
        foreach (var board in new[] { Board(older, newer), Board(newer, older), Board(newer, older, Claims(s_a, 2, generation: 5, 0, 1)) })
        {
            board.Find(0).ShouldBe(new PartitionClaim(s_a.Address, 5));
            board.Find(1).ShouldBe(new PartitionClaim(s_b.Address, 6));
        }
    }

    [Fact]
    public void A_nodes_later_statement_must_replace_its_earlier_one_in_whatever_order_they_arrive()
    {
        var first = Claims(s_a, 1, generation: 5, 0, 1);
        var second = Claims(s_a, 2, generation: 6, 1);
        foreach (var board in new[] { Board(first, second), Board(second, first), Board(second, first, second) })
        {
            board.Find(0).ShouldBeNull();
            board.Find(1).ShouldBe(new PartitionClaim(s_a.Address, 6));
        }
    }

    [Fact]
    public void A_node_that_has_lost_its_partitions_must_give_way_to_a_lower_generation()
    {
        // The group was deleted and has begun to count anew.
        var board = Board(Claims(s_a, 1, generation: 90, 0), Claims(s_b, 1, generation: 1, 0));
        board.Find(0).ShouldBe(new PartitionClaim(s_a.Address, 90));
        board.With(Claims(s_a, 2, generation: 90)).Find(0).ShouldBe(new PartitionClaim(s_b.Address, 1));
    }

    [Fact]
    public void A_node_that_is_gone_must_leave_the_partition_to_the_next_best_claim()
    {
        var board = Board(Claims(s_a, 1, generation: 5, 0), Claims(s_b, 1, generation: 6, 0));
        board.Without(s_b).Find(0).ShouldBe(new PartitionClaim(s_a.Address, 5));
        board.Without(s_b).Without(s_a).Partitions.ShouldBeEmpty();
        board.Without(s_c).ShouldBeSameAs(board);
    }

    [Fact]
    public void A_node_that_started_again_must_be_believed_though_it_counts_from_one()
    {
        var again = new UniqueAddress(s_a.Address, 77);
        var board = Board(Claims(s_a, 9, generation: 5, 0), Claims(again, 1, generation: 6, 3));
        board.Find(3).ShouldBe(new PartitionClaim(s_a.Address, 6));
        board.Without(s_a).Find(0).ShouldBeNull();
        board.Without(s_a).Find(3).ShouldBe(new PartitionClaim(s_a.Address, 6));
    }

    [Fact]
    public void Boards_that_have_heard_the_same_must_agree_whatever_the_order()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        UniqueAddress[] nodes = [s_a, s_b, s_c];
        for (var round = 0; round < 200; round++)
        {
            var heard = Enumerable.Range(0, 12).Select(_ => Claims(nodes[random.Next(3)], random.Next(1, 5), random.Next(1, 4),
                Enumerable.Range(0, 6).Where(_ => random.Next(2) == 0).ToArray())).DistinctBy(claims => (claims.Node, claims.Sequence)).ToArray();
            var one = Board(heard);
            random.Shuffle(heard);
            var other = Board([.. heard, .. heard.Take(5)]);
            for (var partition = 0; partition < 6; partition++)
                other.Find(partition).ShouldBe(one.Find(partition), $"seed {seed}, round {round}, partition {partition}");
        }
    }

    static NodeClaims Claims(UniqueAddress node, long sequence, int generation, params int[] partitions) => new(node, sequence, generation, [.. partitions]);

    static ClaimBoard Board(params NodeClaims[] heard) => heard.Aggregate(ClaimBoard.Empty, (board, claims) => board.With(claims));
}
