namespace GokaAkka.Specs;

/// <summary>Reads of tables by name, on a node without a cluster.</summary>
public sealed class TableQueriesSpec(ITestOutputHelper output) : GokaSpec(output)
{
    static readonly QueryOptions Soon = new() { Timeout = TimeSpan.FromMilliseconds(50) };

    [Fact]
    public async Task Tables_must_answer_a_key_with_its_value_and_say_where_it_was_read()
    {
        await Count("alice", "alice", "bob");

        var answer = await Goka.Tables.Get(Table, "alice");

        (answer.Found, Codec.Int64.Decode(answer.Value)).ShouldBe((true, 2L));
        var stamp = answer.Stamp;
        (stamp.Source, stamp.Node, stamp.Partition).ShouldBe((ReadSource.Owner, Sys.Name, PartitionOf("alice")));
        (await Goka.Tables.Get(Table, "carol")).Found.ShouldBeFalse();
    }

    [Fact]
    public async Task Answer_must_tell_the_offset_it_shows()
    {
        await Count("alice", "alice", "alice");

        Eventually(() => Goka.Tables.Get(Table, "alice").Result.Stamp.TableOffset.ShouldBe(Kafka.Offsets(Table, PartitionOf("alice")).High));
    }

    [Fact]
    public async Task Read_of_at_least_an_offset_must_wait_for_it()
    {
        await Count("alice");
        var next = Kafka.Offsets(Table, PartitionOf("alice")).High;
        var atLeast = new QueryOptions { Timeout = Patience, Consistency = ReadConsistency.AtLeast(next) };

        var waiting = Goka.Tables.Get(Table, "alice", atLeast);
        Send("alice");

        Codec.Int64.Decode((await waiting).Value).ShouldBe(2);
        var error = await Should.ThrowAsync<QueryException>(
            Goka.Tables.Get(Table, "alice", Soon with { Consistency = ReadConsistency.AtLeast(next + 1) }));
        error.Failure.ShouldBe(QueryFailure.Behind);
        error.Message.ShouldContain($"up to offset {next}");
    }

    [Fact]
    public async Task Pages_must_come_in_byte_order_over_all_partitions()
    {
        var keys = Enumerable.Range(0, 50).Select(static i => $"key{i}").ToArray();
        await Count(keys);

        var (found, pages) = await All(KeyRange.All, 7);

        found.ShouldBe(keys.Order(StringComparer.Ordinal));
        pages.ShouldBe(8);
        (await All(KeyRange.Prefix("key1"), 100)).Keys.ShouldBe(keys.Where(static k => k.StartsWith("key1")).Order(StringComparer.Ordinal));
        (await All(KeyRange.Between("key2", "key25"), 1)).Keys.ShouldBe(["key2", "key20", "key21", "key22", "key23", "key24"]);
        (await All(KeyRange.From("x"), 5)).Keys.ShouldBeEmpty();
    }

    [Fact]
    public async Task Page_must_tell_where_its_entries_were_read()
    {
        await Count("alice", "bob");

        var page = await Goka.Tables.Range(Table, KeyRange.All, 10);

        page.Continuation.ShouldBeNull();
        page.Entries.Select(static e => (e.Key.ToString(), e.Partition)).ShouldBe([("alice", PartitionOf("alice")), ("bob", PartitionOf("bob"))]);
        page.Stamps.Select(static s => s.Partition).ShouldBe(Enumerable.Range(0, Partitions));
        page.Stamps.ShouldAllBe(s => s.Source == ReadSource.Owner && s.Node == Sys.Name);
    }

    [Fact]
    public async Task Page_of_large_values_must_be_whole()
    {
        Kafka.CreateTable("blobs", Partitions);
        var sizes = Enumerable.Range(0, 20).ToDictionary(static i => $"key{i:00}", static i => 10_000 * i);
        foreach (var (key, size) in sizes)
            Kafka.Append("blobs", PartitionOf(key), key, new byte[size]);
        await using var view = await Goka.View("blobs", Codec.Bytes).Running();

        var page = await Goka.Tables.Range("blobs", KeyRange.All, 100);

        page.Entries.Select(static e => (e.Key.ToString(), e.Value.Length)).ShouldBe(sizes.Select(static s => (s.Key, s.Value)));
    }

    [Fact]
    public async Task Continuation_must_be_text_for_an_url_and_of_one_query()
    {
        await Count("alice/ü?", "bob&", "carol");
        var first = (await Goka.Tables.Range(Table, KeyRange.All, 1)).Continuation!;

        Uri.EscapeDataString(first).ShouldBe(first);
        (await Should.ThrowAsync<ArgumentException>(Goka.Tables.Range(Table, KeyRange.Prefix("a"), 1, first))).Message.ShouldContain("of another range");
        (await Should.ThrowAsync<ArgumentException>(Goka.Tables.Range(Table, KeyRange.All, 1, "no one"))).Message.ShouldContain("'no one' is no continuation");
    }

    [Fact]
    public async Task Table_that_nobody_has_must_be_an_error_that_names_those_there_are()
    {
        (await Should.ThrowAsync<QueryException>(Goka.Tables.Get("count-table", "alice"))).Failure.ShouldBe(QueryFailure.UnknownTable);
        await Count("alice");

        var error = await Should.ThrowAsync<QueryException>(Goka.Tables.Range("count-table", KeyRange.All, 1));

        (error.Failure, error.Table, error.Partition).ShouldBe((QueryFailure.UnknownTable, "count-table", -1));
        error.Message.ShouldContain("Table 'count-table' is not known on node spec");
        error.Message.ShouldContain("Known are counts-table.");
    }

    [Fact]
    public async Task Partition_that_is_elsewhere_must_be_an_error_within_the_time()
    {
        await Count("alice");
        var second = await GokaIn(SecondSystem(), new KeptStorage()).Process(Counting()).Running();
        var gone = Enumerable.Range(0, 100).Select(static i => $"key{i}").First(k => second.Partitions.Any(p => p.Partition == PartitionOf(k)));
        Eventually(() => Goka.Processors.ShouldHaveSingleItem().State.ShouldBe(ProcessorState.Running));

        var error = await Should.ThrowAsync<QueryException>(Goka.Tables.Get(Table, gone, Soon));

        (error.Failure, error.Partition, error.Node).ShouldBe((QueryFailure.NotRestored, PartitionOf(gone), Sys.Name));
        error.Message.ShouldContain($"Partition {PartitionOf(gone)} of table '{Table}' could not be read within 0.05 s: on node spec it is not on this node");
        error.Message.ShouldContain("group counts is Running");
    }

    [Fact]
    public async Task View_must_answer_for_a_table_that_no_group_here_has()
    {
        Kafka.CreateTable("prices", Partitions);
        Kafka.Append("prices", PartitionOf("apple"), "apple", "3");
        var view = await Goka.View("prices", Codec.Int64).Running();

        var answer = await Goka.Tables.Get("prices", "apple");

        (Codec.Int64.Decode(answer.Value), answer.Stamp.Source, answer.Stamp.TableOffset).ShouldBe((3, ReadSource.View, 1));
        await view.DisposeAsync();
        await Should.ThrowAsync<QueryException>(Goka.Tables.Get("prices", "apple", Soon));
    }

    [Fact]
    public async Task View_must_answer_in_the_owners_place_only_where_that_is_allowed()
    {
        await Count("alice");
        await using var view = await Goka.View(Table, Codec.Int64).Running();
        (await Goka.Tables.Get(Table, "alice", new QueryOptions { Consistency = ReadConsistency.AllowStandby })).Stamp.Source.ShouldBe(ReadSource.Owner);
        var second = await GokaIn(SecondSystem(), new KeptStorage()).Process(Counting()).Running();
        var gone = Enumerable.Range(0, 100).Select(static i => $"key{i}").First(k => second.Partitions.Any(p => p.Partition == PartitionOf(k)));

        await Should.ThrowAsync<QueryException>(Goka.Tables.Get(Table, gone, Soon));
        var answer = await Goka.Tables.Get(Table, gone, new QueryOptions { Consistency = ReadConsistency.AllowStandby });

        (answer.Found, answer.Stamp.Source).ShouldBe((false, ReadSource.View));
    }

    [Fact]
    public async Task Get_of_a_key_on_this_node_must_allocate_nothing()
    {
        var processor = await Count("alice");
        Key alice = "alice", nobody = "nobody";
        Read();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Read();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // What the runtime does once, on its own account.
        allocated.ShouldBeLessThan(1000);

        void Read()
        {
            if (processor.Get(alice).Result != 1 || processor.Get(nobody).Result != 0 || processor.Has(nobody).Result)
                throw new InvalidOperationException("That is wrong.");
        }
    }

    [Fact]
    public async Task Typed_reads_must_be_the_tables_also_where_no_cluster_is()
    {
        var keys = Enumerable.Range(0, 1500).Select(static i => $"key{i:0000}").ToArray();
        var processor = await Count(keys);

        var scanned = new List<string>();
        await foreach (var (key, count) in processor.Scan())
            scanned.Add($"{key} {count}");

        scanned.ShouldBe(keys.Select(static k => $"{k} 1"));
        var answer = await processor.Get("key0007", QueryOptions.Default);
        (answer.Found, answer.Value, answer.Stamp.Partition).ShouldBe((true, 1, PartitionOf("key0007")));
        (await processor.GetMany(["key0001", "nobody", "key0002", "key0001"])).Select(static e => (e.Key.ToString(), e.Value)).Order()
            .ShouldBe([("key0001", 1), ("key0002", 1)]);
        (await Goka.Table(Counting()).Get("key0003")).ShouldBe(1);
        var stateless = Goka.Process(Graph.GroupGraph.Define("stateless", static g => g.Input("in", Codec.String, static (_, _) => { })));
        Should.Throw<InvalidOperationException>(() => stateless.Scan()).Message.ShouldContain("stateless");
    }

    [Fact]
    public async Task Second_processor_of_a_group_with_another_graph_must_be_an_error_that_tells_them_apart()
    {
        await Count();

        Should.Throw<InvalidOperationException>(() => Goka.Process(Counting())).Message.ShouldNotContain("another graph");
        var error = Should.Throw<InvalidOperationException>(() => Goka.Process(Graph.GroupGraph.Define<string>(Group, static g => g
            .Input("in", Codec.String, static (ctx, text) => ctx.SetValue(text))
            .Persist(Codec.String))));

        error.Message.ShouldContain("Group 'counts' has a processor in system 'spec' already, which is Running, of another graph (in/");
    }

    async Task<Processor<long>> Count(params string[] keys)
    {
        var processor = await Goka.Process(Counting()).Running();
        Send(keys);
        AwaitCommitted();
        return processor;
    }

    async Task<(List<string> Keys, int Pages)> All(KeyRange range, int limit)
    {
        var keys = new List<string>();
        string? continuation = null;
        for (var pages = 1; ; pages++)
        {
            var page = await Goka.Tables.Range(Table, range, limit, continuation);
            keys.AddRange(page.Entries.Select(static e => e.Key.ToString()));
            if ((continuation = page.Continuation) is null)
                return (keys, pages);
        }
    }
}
