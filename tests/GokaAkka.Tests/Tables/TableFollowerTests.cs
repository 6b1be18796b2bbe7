namespace GokaAkka.Tests.Tables;

public sealed class TableFollowerTests : IDisposable
{
    static readonly StorageId Id = new("group", "group-table", 0);

    readonly PartitionTable<string> _table = new(Id, Codec.String, new MemoryStorage(), 1 << 20);

    public void Dispose() => _table.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_changelog_that_is_empty_or_whose_records_are_all_gone_is_restored_at_once(long end)
    {
        var follower = Begin(end, end);

        follower.IsRestored.ShouldBeTrue();
        follower.Restored.ShouldBe(0);
    }

    [Fact]
    public void A_store_that_has_entries_and_no_position_is_emptied()
    {
        using var writes = new WriteBatch();
        writes.Put("of a topic before"u8, "1"u8);
        _table.Store.Apply(writes, StorePosition.None);

        Begin(0, 0).IsRestored.ShouldBeTrue();

        Contents().ShouldBe("");
    }

    [Fact]
    public void A_restore_ends_with_the_last_record_and_writes_values_and_position()
    {
        var follower = Begin(0, 3);
        follower.Remaining.ShouldBe(3);

        Read(follower, (0, "a", "1"), (1, "b", "2")).ShouldBeNull();
        (follower.IsRestored, follower.Remaining).ShouldBe((false, 1L));
        Read(follower, (2, "a", null)).ShouldBeNull();

        follower.IsRestored.ShouldBeTrue();
        follower.Restored.ShouldBe(3);
        Contents().ShouldBe("b=2");
        _table.Store.Position.ShouldBe(new StorePosition(3, KeyHash.Fingerprint("a"u8, default, true), 2002));
    }

    [Fact]
    public void A_restore_ends_at_the_end_whatever_stands_there()
    {
        var follower = Begin(0, 10);
        Read(follower, (0, "a", "1"));

        follower.ReachedEnd(10).ShouldBeNull();

        follower.IsRestored.ShouldBeTrue();
        _table.Store.Position.NextOffset.ShouldBe(10);
    }

    [Fact]
    public void A_batch_that_ends_behind_its_last_record_ends_the_restore()
    {
        var follower = Begin(0, 10);
        using var batch = Batch((0, "a", "1"));
        batch.NextOffset = 10;

        follower.Read(batch).ShouldBeNull();

        follower.IsRestored.ShouldBeTrue();
    }

    [Fact]
    public void A_kept_store_reads_only_what_is_newer()
    {
        Restore((0, "a", "1"), (1, "b", "2"));

        var follower = Begin(0, 4, expectedStart: 1);
        Read(follower, (1, "b", "2"), (2, "c", "3"), (3, "a", "4")).ShouldBeNull();

        follower.Restored.ShouldBe(2);
        Contents().ShouldBe("a=4 b=2 c=3");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_kept_store_with_nothing_newer_but_a_marker_perhaps_is_restored_once_its_last_record_is_seen_to_be_the_same(bool hasMarker)
    {
        Restore((0, "a", "1"), (1, "b", "2"));

        var follower = Begin(0, hasMarker ? 3 : 2, expectedStart: 1);
        follower.IsRestored.ShouldBeFalse();
        Read(follower, (1, "b", "2")).ShouldBeNull();
        if (hasMarker)
            follower.ReachedEnd(3).ShouldBeNull();

        follower.IsRestored.ShouldBeTrue();
        follower.Restored.ShouldBe(0);
    }

    [Fact]
    public void A_kept_store_whose_last_record_was_compacted_away_goes_on()
    {
        Restore((0, "a", "1"), (1, "b", "2"));

        var follower = Begin(0, 4, expectedStart: 1);
        Read(follower, (3, "b", "5")).ShouldBeNull();

        follower.IsRestored.ShouldBeTrue();
        Contents().ShouldBe("a=1 b=5");
    }

    [Theory]
    [InlineData("other", "2")]
    [InlineData("b", "other")]
    [InlineData("b", null)]
    public void A_topic_made_again_that_has_grown_past_the_store_is_recognized_and_the_store_emptied(string key, string? value)
    {
        Restore((0, "a", "1"), (1, "b", "2"));

        var follower = Begin(0, 9, expectedStart: 1);

        Read(follower, (1, key, value), (2, "c", "3"))
            .ShouldNotBeNull().ShouldMatch("^the record at offset 1, fingerprint [0-9a-f]+ of .*, is another one than the store was made from, fingerprint [0-9a-f]+ of .*: the topic was recreated$");
        Contents().ShouldBe("");
        _table.Store.Position.ShouldBe(StorePosition.None);
    }

    [Fact]
    public void A_changelog_that_goes_back_or_has_become_empty_is_noticed_while_it_is_followed()
    {
        var follower = Begin(0, 2);
        Read(follower, (0, "a", "1"), (1, "b", "2"));
        follower.IsRestored.ShouldBeTrue();

        const string GoneBack = "the changelog has gone back from offset 2 to 0: the topic was recreated or truncated";
        follower.ReachedEnd(0).ShouldBe(GoneBack);
        follower.ReachedEnd(2).ShouldBeNull();
        Read(follower, (0, "x", "9")).ShouldBe(GoneBack);
    }

    [Fact]
    public void Following_after_the_restore_writes_what_comes()
    {
        var follower = Begin(0, 0);

        Read(follower, (0, "a", "1")).ShouldBeNull();
        follower.Write();

        Contents().ShouldBe("a=1");
        _table.TryGet("a"u8, out var value).ShouldBeTrue();
        value.ShouldBe("1");
    }

    [Fact]
    public void What_is_gathered_is_written_when_it_is_large_enough()
    {
        var follower = new TableFollower<string>(_table, writeBytes: 10);
        follower.Begin(new OffsetRange(0, 100), 0, null);

        Read(follower, (0, "a", "1"));
        Contents().ShouldBe("");
        Read(follower, (1, "b", "long enough"));

        Contents().ShouldBe("a=1 b=long enough");
        _table.Store.Position.ShouldBe(new StorePosition(2, KeyHash.Fingerprint("b"u8, "long enough"u8, false), 2001));
    }

    [Fact]
    public void A_changelog_that_starts_late_is_read_from_its_start()
    {
        var follower = Begin(5, 8, expectedStart: 5);
        follower.Remaining.ShouldBe(3);

        Read(follower, (6, "a", "1"), (7, "b", "2")).ShouldBeNull();

        follower.IsRestored.ShouldBeTrue();
    }

    void Restore(params (long Offset, string Key, string? Value)[] records)
    {
        var follower = Begin(0, records[^1].Offset + 1);
        Read(follower, records).ShouldBeNull();
        follower.IsRestored.ShouldBeTrue();
    }

    TableFollower<string> Begin(long low, long high, long? expectedStart = null)
    {
        var follower = new TableFollower<string>(_table, 1 << 20);
        var plan = follower.Begin(new OffsetRange(low, high), 0, null);
        plan.RebuildReason.ShouldBeNull();
        plan.Start.ShouldBe(expectedStart ?? low);
        return follower;
    }

    static string? Read(TableFollower<string> follower, params (long Offset, string Key, string? Value)[] records)
    {
        using var batch = Batch(records);
        return follower.Read(batch);
    }

    static RecordBatch Batch(params (long Offset, string Key, string? Value)[] records)
    {
        var batch = new RecordBatch("group-table", 0, 0);
        foreach (var (offset, key, value) in records)
            batch.Add(offset, 2000 + offset, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value ?? ""), value is null);
        return batch;
    }

    string Contents()
    {
        using var stored = _table.Store.Iterate(KeyRange.All);
        var found = new List<string>();
        while (stored.Next())
            found.Add($"{Encoding.UTF8.GetString(stored.Key)}={Encoding.UTF8.GetString(stored.Value)}");
        return string.Join(" ", found);
    }
}
