namespace GokaAkka.Tests.Tables;

/// <summary>goka's recovery table: what the store says, what the changelog holds, where the read starts.</summary>
public sealed class RestorePlanTests
{
    const long Now = 1_000_000_000;

    [Theory]
    // stored, oldest, high watermark -> start
    [InlineData(0, 0, 0, 0)]
    [InlineData(0, 0, 10, 0)]
    [InlineData(0, 4, 10, 4)]
    [InlineData(0, 10, 10, 10)]
    [InlineData(5, 0, 10, 5)]
    [InlineData(10, 0, 10, 10)]
    [InlineData(5, 5, 10, 5)]
    public void A_store_that_fits_goes_on_where_it_ends(long stored, long low, long high, long start) =>
        Plan(new StorePosition(stored, 0, 0), low, high).ShouldBe(new RestorePlan(start, false, null));

    [Theory]
    [InlineData(5, 0, 10, 4, true)]
    [InlineData(10, 0, 10, 9, true)]
    [InlineData(5, 5, 10, 5, false)]
    public void The_last_record_applied_is_read_again_where_it_can_be(long stored, long low, long high, long start, bool verify) =>
        Plan(new StorePosition(stored, 77, 0), low, high).ShouldBe(new RestorePlan(start, verify, null));

    [Theory]
    [InlineData(5, 0, 0, "the store reaches offset 5, beyond the changelog's end 0: the topic was recreated or truncated")]
    [InlineData(11, 2, 10, "the store reaches offset 11, beyond the changelog's end 10: the topic was recreated or truncated")]
    [InlineData(3, 4, 10, "the store reaches offset 3, and the changelog starts at 4: what was between is gone")]
    public void A_store_that_cannot_be_trusted_is_rebuilt(long stored, long low, long high, string reason) =>
        Plan(new StorePosition(stored, 77, 0), low, high).ShouldBe(new RestorePlan(low, false, reason));

    [Fact]
    public void A_store_older_than_tombstones_are_kept_is_rebuilt()
    {
        var day = TimeSpan.FromDays(1);
        var old = new StorePosition(5, 77, Now - (long)day.TotalMilliseconds - 1);

        Plan(old, 0, 10, day).RebuildReason.ShouldBe("the store is 1.00:00:00 old and the changelog keeps tombstones for 1.00:00:00: deletions may be missing");
        Plan(old, 0, 5, day).RebuildReason.ShouldBeNull("nothing was written since");
        Plan(old with { Timestamp = 0 }, 0, 10, day).RebuildReason.ShouldBeNull("its age is not known");
        Plan(old with { Timestamp = Now - 1000 }, 0, 10, day).RebuildReason.ShouldBeNull();
        Plan(old, 0, 10, null).RebuildReason.ShouldBeNull();
    }

    static RestorePlan Plan(StorePosition stored, long low, long high, TimeSpan? retention = null) =>
        RestorePlan.Make(stored, new OffsetRange(low, high), Now, retention);
}
