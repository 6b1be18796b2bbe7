using Akka.Actor;
using Akka.Cluster;

namespace GokaAkka.Tests.Cluster;

public sealed class ClusterMapTests
{
    static readonly UniqueAddress s_a = new(new Address("akka.tcp", "goka", "a", 1), 1);
    static readonly UniqueAddress s_b = new(new Address("akka.tcp", "goka", "b", 1), 2);

    [Fact]
    public void Map_must_tell_who_has_a_partition_by_the_tables_name()
    {
        var map = ClusterMap.Empty.With(Says(s_a, 1, Group(3, 0, 1))).With(Says(s_b, 1, Group(3, 2)));

        var places = map.Writing("g-table")!;
        (places.Group, places.PartitionCount, places.Partitioner).ShouldBe(("g", 3, "fnv1a"));
        places.Board.Find(1).ShouldBe(new PartitionClaim(s_a.Address, 3));
        places.Board.Find(2).ShouldBe(new PartitionClaim(s_b.Address, 3));
        map.Writing("other").ShouldBeNull();
        map.Tables.ShouldBe(["g-table"]);
    }

    [Fact]
    public void Later_statement_must_replace_an_earlier_one_whatever_comes_first()
    {
        var (first, second) = (Says(s_a, 1, Group(3, 0, 1)), Says(s_a, 2, Group(4, 1)));

        foreach (var map in new[] { ClusterMap.Empty.With(first).With(second), ClusterMap.Empty.With(second).With(first) })
        {
            map.Group("g")!.Board.Find(0).ShouldBeNull();
            map.Group("g")!.Board.Find(1).ShouldBe(new PartitionClaim(s_a.Address, 4));
        }
    }

    [Fact]
    public void Node_that_has_left_must_be_forgotten_with_all_that_it_had()
    {
        var map = ClusterMap.Empty.With(Says(s_a, 1, Group(3, 0)) with { Views = [new ViewStatement("v", 2, "fnv1a")] }).Without(s_a);

        (map.Group("g"), map.Tables.Any(), map.Knows(s_a)).ShouldBe((null, false, false));
    }

    [Fact]
    public void Copies_must_be_standbys_first_and_views_then()
    {
        var map = ClusterMap.Empty
            .With(Says(s_a, 1, Group(3, 0)) with { Views = [new ViewStatement("g-table", 3, "fnv1a")] })
            .With(Says(s_b, 1, Group(3, 1) with { Standbys = [0] }));

        map.CopiesOf("g-table", 0).ShouldBe([s_b.Address, s_a.Address]);
        map.CopiesOf("g-table", 2).ShouldBe([s_a.Address]);
    }

    [Fact]
    public void Partition_count_must_be_taken_from_a_node_that_knows_it()
    {
        var map = ClusterMap.Empty.With(Says(s_a, 1, Group(-1) with { PartitionCount = 0 })).With(Says(s_b, 1, Group(3, 1)));

        map.Group("g")!.PartitionCount.ShouldBe(3);
    }

    [Fact]
    public void Claim_must_count_as_superseded_only_by_a_higher_generation_of_another_node()
    {
        var claims = new GroupClaims("g", "g-table", new LocalTables<long>(Partitioners.Fnv1a), new LocalTables<long>(Partitioners.Fnv1a), static () => { });
        claims.Assign([0, 1], 5);
        var mine = Says(s_a, 1, Group(5, 0, 1));

        Compare(Says(s_b, 1, Group(5, 0)));
        claims.HasSuperseded.ShouldBeFalse("of one generation, the one may have yet to say what it has lost");
        Compare(Says(s_b, 1, Group(6, 0)));
        (claims.HasSuperseded, claims.IsSuperseded(0), claims.IsSuperseded(1)).ShouldBe((true, true, false));
        claims.Release([0]);
        claims.HasSuperseded.ShouldBeFalse("it has heard of it");

        void Compare(NodeStatement other) => claims.CompareWith(ClusterMap.Empty.With(mine).With(other).Group("g")!.Board, s_a.Address);
    }

    [Fact]
    public void Every_change_of_claims_must_be_told_with_all_there_is()
    {
        var told = 0;
        var (tables, standbys) = (new LocalTables<long>(Partitioners.Murmur2), new LocalTables<long>(Partitioners.Murmur2));
        tables.SetCount(4);
        standbys.SetCount(4);
        using var copy = new PartitionTable<long>(new StorageId("g", "g-table", 3), Codec.Int64, new MemoryStorage(), 1 << 20);
        standbys.Set(3, copy);
        var claims = new GroupClaims("g", "g-table", tables, standbys, () => told++);

        claims.Assign([2, 0], 5);
        claims.Assign([1], 6);
        claims.Release([2]);

        told.ShouldBe(3);
        var says = claims.Statement();
        (says.Group, says.Table, says.PartitionCount, says.Partitioner, says.Generation).ShouldBe(("g", "g-table", 4, "murmur2", 6));
        says.Partitions.ShouldBe([0, 1]);
        says.Standbys.ShouldBe([3]);
        claims.ReleaseAll();
        claims.Statement().Partitions.ShouldBeEmpty();
    }

    static NodeStatement Says(UniqueAddress node, long sequence, GroupStatement group) => new(node.Address.ToString(), node.Uid, sequence, [group], []);

    static GroupStatement Group(int generation, params int[] partitions) => new("g", "g-table", 3, "fnv1a", generation, partitions, []);
}
