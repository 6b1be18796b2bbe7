namespace GokaAkka.Tests.Kafka;

public sealed class CommitBoardTests
{
    static readonly TopicPartition Id = new("in", 2);

    readonly CommitBoard _board = new();

    [Fact]
    public void What_a_partition_posted_before_it_started_again_is_committed_all_the_same()
    {
        _board.Open(Id, 1);
        _board.Add([new TopicPartitionOffset("in", 2, 15)], 1);

        _board.Open(Id, 2);

        _board.Take().ShouldBe([new TopicPartitionOffset("in", 2, 15)]);
        _board.Take().ShouldBeEmpty();
    }

    [Fact]
    public void What_is_posted_under_an_earlier_generation_or_for_a_partition_that_is_not_open_is_refused()
    {
        _board.Open(Id, 1);
        _board.Open(Id, 2);

        _board.Add([new TopicPartitionOffset("in", 2, 15)], 1);
        _board.Add([new TopicPartitionOffset("in", 9, 15)], 2);

        _board.Take().ShouldBeEmpty();
        _board.Last(Id).ShouldBe(-1);
    }

    [Fact]
    public void An_assignment_knows_nothing_of_the_one_before()
    {
        _board.Open(Id, 1);
        _board.Add([new TopicPartitionOffset("in", 2, 15)], 1);
        _board.Close(Id);

        _board.Open(Id, 2);

        _board.TakeLast([Id]).ShouldBeEmpty();
    }
}
