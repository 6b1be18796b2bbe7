namespace GokaAkka.Specs.GokaMap;

/// <summary>Where a table's restore starts and when it ends.</summary>
public sealed class RecoverySpec(ITestOutputHelper output) : MapSpec(output)
{
    static readonly Table<string> T = new("t", Codec.String);

    [Theory]
    [InlineData(0, 0, 0, 0, true)] // A new store, an empty topic.
    [InlineData(0, 0, 5, 5, true)] // A new store: everything.
    [InlineData(0, 2, 5, 3, true)] // A new store and a topic that has lost its beginning: all there is.
    [InlineData(3, 0, 5, 2, true)] // What is newer than the store.
    [InlineData(3, 3, 5, 2, true)] // The same, where all older records are gone.
    [InlineData(5, 0, 5, 0, true)] // Nothing is newer.
    [InlineData(5, 5, 5, 0, true)] // Nothing is newer and nothing is left.
    [InlineData(2, 3, 5, 2, false)] // Records between the store and the topic are gone, deletions among them perhaps.
    [InlineData(7, 0, 5, 5, false)] // Beyond the end: another topic. goka keeps the values and says so in its log.
    [InlineData(7, 5, 5, 0, false)] // The same, with nothing left in it.
    [InlineData(3, 0, 0, 0, false)] // An empty topic: another one. goka's processor stops for good.
    public async Task A_restore_must_start_where_the_store_ends_and_begin_anew_when_the_two_do_not_fit(
        int stored, int low, int high, int restored, bool keepsStore)
    {
        Kafka.CreateTable("t");
        for (var i = 0; i < high; i++)
            Kafka.Append("t", 0, $"k{i}", "v");
        if (low > 0)
            Kafka.DeleteRecords("t", 0, low);
        Seed(stored);

        await using var view = await Goka.View(T).Running();

        view.Partitions[0].Restored.ShouldBe(restored);
        view.Has("stored").ShouldBe(stored > 0 && keepsStore);
        view.Has("k4").ShouldBe(high == 5 && low < 5 && (stored < 5 || !keepsStore));
    }

    [Fact]
    public async Task A_topic_that_was_made_again_must_not_be_served_from_the_old_store_however_far_it_has_grown()
    {
        Kafka.CreateTable("t");
        for (var i = 0; i < 3; i++)
            Kafka.Append("t", 0, $"old{i}", "v");
        await View(v => v.Has("old2").ShouldBeTrue());
        Kafka.RecreateTopic("t");
        for (var i = 0; i < 10; i++)
            Kafka.Append("t", 0, $"new{i}", "v");

        await View(v =>
        {
            v.Has("old2").ShouldBeFalse();
            v.Has("new0").ShouldBeTrue();
            v.Has("new9").ShouldBeTrue();
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_table_that_ends_in_a_transactions_marker_must_end_its_restore(bool commit)
    {
        Kafka.CreateTopic("in");
        Kafka.CreateTable("t");
        Kafka.Append("t", 0, "k", "plain");
        Kafka.AppendTransaction("t", 0, commit, [("k", "transaction")]);
        var expected = commit ? "transaction" : "plain";

        await View(v => v.Get("k").ShouldBe(expected));
        await Joined(expected);
    }

    [Fact]
    public async Task A_table_whose_last_record_was_compacted_away_must_end_its_restore()
    {
        Kafka.CreateTopic("in");
        Kafka.CreateTable("t");
        Kafka.Append("t", 0, "k", "v");
        Kafka.Append("t", 0, "gone", "v");
        Kafka.Append("t", 0, "gone", (byte[]?)null);
        Kafka.Compact("t", 0);
        Kafka.Offsets("t", 0).High.ShouldBe(3);
        Kafka.Read("t").Count.ShouldBe(1);

        await View(v => v.Has("gone").ShouldBeFalse());
        await Joined("v");
    }

    [Fact]
    public async Task A_groups_own_table_that_ends_in_a_marker_must_end_its_restore()
    {
        Kafka.CreateTopic("in");
        Kafka.CreateTable("g-table");
        Kafka.AppendTransaction("g-table", 0, true, [("k", "5")]);
        Kafka.AppendTransaction("g-table", 0, false, [("k", "50")]);
        var processor = await Running(Counts);
        Kafka.Append("in", 0, "k", "v");
        AwaitCommitted("g", "in", 0, 1);
        (await processor.Get("k")).ShouldBe(6);
    }

    [Fact]
    public async Task A_processor_that_is_started_again_must_restore_only_what_is_newer_than_its_store()
    {
        var first = await Running(Counts);
        for (var i = 0; i < 5; i++)
            Kafka.Append("in", 0, $"k{i}", "v");
        AwaitCommitted("g", "in", 0, 5);
        await first.Stop().WaitAsync(Patience);
        Kafka.Append("g-table", 0, "k0", "10");

        var second = await Running(Counts);

        second.Partitions[0].Restored.ShouldBe(1);
        (await second.Get("k0")).ShouldBe(10);
        (await second.Get("k4")).ShouldBe(1);
    }

    [Fact]
    public async Task A_store_must_never_hold_what_kafka_has_not_acknowledged()
    {
        Kafka.CreateTopic("out");
        var graph = GroupGraph.Define<string>("g", g => g
            .Input("in", Codec.String, (ctx, value) => ctx.SetValue(value)).Persist(Codec.String));
        var processor = await Running(graph);
        Kafka.Append("in", 0, "k", "first");
        AwaitCommitted("g", "in", 0, 1);
        var store = Storage[new StorageId("g", "g-table", 0)];
        Await(() => store.Has("k"u8), "the first value is flushed");

        using (Kafka.HoldAcks("g-table"))
        {
            Kafka.Append("in", 0, "k", "second");
            AwaitRecords("g-table", 2);
            // Read at once by the group, but not flushed.
            Await(() => processor.Get("k").Result == "second", "the group sees its own write");
            Kafka.Append("in", 0, "other", "third");
            AwaitRecords("g-table", 3);
            await FlushOthers();
            Kafka.CommittedOffset("g", "in", 0).ShouldBe(1);
            Encoding(store.Get("k"u8)).ShouldBe("first");
        }

        AwaitCommitted("g", "in", 0, 3);
        Await(() => Encoding(store.Get("k"u8)) == "second", "the second value is flushed");
    }

    /// <summary>Lets intervals pass in which there would be a flush: those in which another group's table has had some.</summary>
    async Task FlushOthers()
    {
        await Running(GroupGraph.Define<string>("clock-group", g => g
            .Input("clock", Codec.String, (ctx, value) => ctx.SetValue(value)).Persist(Codec.String)));
        var store = Storage[new StorageId("clock-group", "clock-group-table", 0)];
        for (var i = 1; i <= 3; i++)
        {
            Kafka.Append("clock", 0, "k", $"{i}");
            Await(() => store.Position.NextOffset == i, $"flush {i} of the other table");
        }
    }

    void Seed(int position)
    {
        if (position == 0)
            return;
        using var writes = new WriteBatch();
        writes.Put("stored"u8, "v"u8);
        Storage[new StorageId("view", "t", 0)].Apply(writes, new StorePosition(position, 0, 0));
    }

    async Task View(Action<View<string>> check)
    {
        await using var view = await Goka.View(T).Running();
        check(view);
    }

    async Task Joined(string expected)
    {
        var seen = new TaskCompletionSource<string?>();
        await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, (ctx, _) => seen.TrySetResult(ctx.Join(T))).Join(T)));
        Kafka.Append("in", 0, "k", "v");
        (await seen.Task.WaitAsync(Patience)).ShouldBe(expected);
    }

    static string Encoding(byte[]? bytes) => bytes is null ? "" : System.Text.Encoding.UTF8.GetString(bytes);
}
