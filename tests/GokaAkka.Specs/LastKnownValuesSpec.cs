namespace GokaAkka.Specs;

/// <summary>What a view or a lookup serves while the reading of a partition has failed and starts again.</summary>
public sealed class LastKnownValuesSpec : GokaSpec
{
    readonly Table<long> _counts = new(Table, Codec.Int64);
    int _refused;
    volatile bool _refuses;

    public LastKnownValuesSpec(ITestOutputHelper output)
        : base(output, "goka.view.restart { min-backoff = 10ms, max-backoff = 50ms }\ngoka.processor.restart.max-restarts = 1000")
    {
        Kafka.CreateTable(Table, Partitions);
        Set("alice", "1");
    }

    [Fact]
    public async Task View_must_serve_what_it_knows_while_a_partition_that_cannot_write_starts_again()
    {
        await using var view = await Viewing();
        RefuseWrites("view");
        Set("alice", "2");

        while (view.Partitions[PartitionOf("alice")].Restarts < 3)
        {
            (view.Get("alice"), view.Has("alice"), view.Has("bob")).ShouldBe((1, true, false));
            using var all = view.Iterate();
            all.Next().ShouldBeTrue();
        }

        view.State.ShouldBe(ViewState.CatchingUp);
        _refuses = false;
        Eventually(() => (view.State, view.Get("alice")).ShouldBe((ViewState.Running, 2)));
    }

    [Fact]
    public async Task View_must_serve_what_it_knows_while_its_update_callback_fails()
    {
        await using var view = await Goka.View(_counts, (in _, table, key, value) =>
        {
            if (_refuses)
                throw new InvalidOperationException("The callback is out of order.");
            table.Set(key, value!);
        }).Running();
        _refuses = true;
        Set("alice", "2");

        while (view.Partitions[PartitionOf("alice")].Restarts < 3)
            view.Get("alice").ShouldBe(1);

        _refuses = false;
        Eventually(() => (view.State, view.Get("alice")).ShouldBe((ViewState.Running, 2)));
    }

    [Fact]
    public async Task View_must_open_a_store_again_that_answers_no_more()
    {
        await using var view = await Viewing();
        var partition = PartitionOf("alice");
        Storage.Break(new StorageId("view", Table, partition));

        Set("alice", "2");

        Eventually(() => (view.State, view.Get("alice")).ShouldBe((ViewState.Running, 2)));
        view.Partitions[partition].Restarts.ShouldBe(1);
    }

    [Fact]
    public async Task View_must_not_serve_a_partition_that_is_restored_from_the_start()
    {
        await using var view = await Viewing();
        RefuseWrites("view");
        Set("alice", "2");
        Eventually(() => _refused.ShouldBeGreaterThan(0));

        Kafka.RecreateTopic(Table);
        Set("alice", "3");

        // What is known is of a topic that is gone, and what the new one holds is not known yet.
        Eventually(() => Should.Throw<PartitionNotHereException>(() => view.Get("alice")));
        _refuses = false;
        Eventually(() => (view.State, view.Get("alice")).ShouldBe((ViewState.Running, 3)));
    }

    [Fact]
    public async Task View_must_close_its_stores_when_it_is_disposed_while_a_partition_starts_again()
    {
        var view = await Viewing();
        RefuseWrites("view");
        Set("alice", "2");
        Eventually(() => view.Partitions[PartitionOf("alice")].Restarts.ShouldBeGreaterThan(0));

        await view.DisposeAsync().AsTask().WaitAsync(Patience);

        Storage.Open.ShouldBeEmpty();
        Should.Throw<PartitionNotHereException>(() => view.Get("alice"));
    }

    [Fact]
    public async Task Lookup_must_serve_what_it_knows_while_a_partition_of_its_table_starts_again()
    {
        var found = new List<long>();
        var processor = await Goka.Process(GroupGraph.Define("reader", g => g
            .Input("in", Codec.String, (ctx, _) =>
            {
                lock (found)
                    found.Add(ctx.Lookup(_counts, "alice"));
            })
            .Lookup(_counts))).Running();
        RefuseWrites("reader~lookup");
        Set("alice", "2");

        var sent = 0;
        while (Volatile.Read(ref _refused) < 3)
        {
            Send($"k{sent++}");
            AwaitCommitted("reader");
        }

        lock (found)
            found.ShouldBe(Enumerable.Repeat(1L, sent));
        processor.Partitions.Sum(p => p.Restarts).ShouldBe(0);
        _refuses = false;
        Eventually(() =>
        {
            Send("again");
            AwaitCommitted("reader");
            lock (found)
                found[^1].ShouldBe(2);
        });
    }

    Task<View<long>> Viewing() => Goka.View(_counts).Running();

    void RefuseWrites(string owner)
    {
        _refuses = true;
        Storage.RefuseWrite = id =>
        {
            if (!_refuses || id.Owner != owner)
                return null;
            Interlocked.Increment(ref _refused);
            return new StorageException("The disk is full.");
        };
    }

    void Set(string key, string value) => Kafka.Append(Table, PartitionOf(key), key, value);
}
