namespace GokaAkka.Testing.Tests;

public sealed class PartitionLogTests
{
    readonly PartitionLog _log = new();

    [Fact]
    public void Offsets_must_count_from_zero_and_the_high_watermark_be_the_next_one()
    {
        _log.Put("a", "1").ShouldBe(0);
        _log.Put("b", "2").ShouldBe(1);

        _log.HighWatermark.ShouldBe(2);
        _log.LastStableOffset.ShouldBe(2);
    }

    [Fact]
    public void An_open_transaction_must_hold_up_everything_behind_its_first_record_until_that_is_deleted()
    {
        _log.Put("a", "1");
        _log.Put("b", "open", transactionOf: 7);
        _log.Put("c", "behind");

        _log.LastStableOffset.ShouldBe(1);
        _log.ReadAll(0).Select(r => r.Offset).ShouldBe([0]);
        _log.ReadAll(0, Isolation.ReadUncommitted).Select(r => r.Offset).ShouldBe([0, 1, 2]);
        _log.DeleteBefore(2);
        _log.LastStableOffset.ShouldBe(3);
    }

    [Fact]
    public void The_oldest_of_several_open_transactions_must_hold_up_readers()
    {
        _log.Put("a", "1", transactionOf: 1);
        _log.Put("b", "1", transactionOf: 2);
        _log.EndTransaction(1, commit: true, now: 0);

        _log.LastStableOffset.ShouldBe(1);
        _log.ReadAll(0).Select(r => r.Key()).ShouldBe(["a"]);
    }

    [Fact]
    public void A_position_must_pass_over_a_marker_at_the_end()
    {
        _log.Put("a", "1", transactionOf: 1);
        _log.EndTransaction(1, commit: true, now: 0).ShouldBe(1);
        var position = 0L;

        _log.Read(ref position, 10, Isolation.ReadCommitted, []);

        position.ShouldBe(2);
    }

    [Fact]
    public void A_position_must_stop_at_the_next_visible_record_when_no_more_is_wanted()
    {
        _log.Put("a", "1");
        _log.Put("b", "aborted", transactionOf: 1);
        _log.EndTransaction(1, commit: false, now: 0);
        _log.Put("c", "2");
        var position = 0L;

        _log.Read(ref position, 1, Isolation.ReadCommitted, []);

        position.ShouldBe(3);
    }

    [Theory]
    [InlineData(1, nameof(ClusterError.OffsetOutOfRange))]
    [InlineData(2, nameof(ClusterError.None))]
    [InlineData(4, nameof(ClusterError.None))]
    [InlineData(5, nameof(ClusterError.OffsetOutOfRange))]
    public void Only_offsets_from_the_log_start_to_the_high_watermark_must_be_readable(long position, string expected)
    {
        for (var i = 0; i < 4; i++)
            _log.Put("k", $"{i}");
        _log.DeleteBefore(2);

        _log.Read(ref position, 10, Isolation.ReadCommitted, []).ToString().ShouldBe(expected);
    }

    [Fact]
    public void Retention_must_drop_the_old_and_stop_at_the_first_record_that_is_not_and_leave_the_high_watermark_where_it_is()
    {
        _log.Put("a", "1", timestamp: 100);
        _log.Put("b", "2", timestamp: 300);
        _log.Put("c", "3", timestamp: 200);

        _log.DeleteOlderThan(250);

        _log.LogStart.ShouldBe(1);
        _log.ReadAll(1).Select(r => r.Key()).ShouldBe(["b", "c"]);
        _log.DeleteOlderThan(301);
        (_log.LogStart, _log.HighWatermark).ShouldBe((3, 3));
        _log.Put("d", "4").ShouldBe(3);
    }

    [Fact]
    public void Offsets_lost_at_the_end_must_be_given_out_again()
    {
        _log.Put("a", "1");
        _log.Put("b", "lost");
        _log.Put("c", "lost", transactionOf: 1);

        _log.TruncateTo(1);

        (_log.HighWatermark, _log.LastStableOffset).ShouldBe((1, 1));
        _log.Put("d", "2").ShouldBe(1);
        _log.ReadAll(0).Select(r => r.Key()).ShouldBe(["a", "d"]);
    }

    [Fact]
    public void The_offset_at_a_time_must_be_the_first_that_is_not_older()
    {
        _log.Put("a", "1", timestamp: 100);
        _log.Put("b", "2", timestamp: 300);

        _log.OffsetAt(100).ShouldBe(0);
        _log.OffsetAt(101).ShouldBe(1);
        _log.OffsetAt(301).ShouldBeNull();
    }
}
