namespace GokaAkka.Specs;

/// <summary>Values of tables that their codec cannot read: another one has written them.</summary>
public sealed class TableValueSpec : GokaSpec
{
    const string Key = "alice";
    const string Unreadable = "no number";

    static readonly int Home = PartitionOf(Key);

    public TableValueSpec(ITestOutputHelper output) : base(output)
    {
        foreach (var table in (string[])[Table, "joined", "found"])
        {
            Kafka.CreateTable(table, Partitions);
            Kafka.Append(table, Home, Key, Unreadable);
            Kafka.Append(table, PartitionOf("bob"), "bob", "2");
        }
    }

    [Theory]
    [InlineData("own", "restart", 3)]
    [InlineData("own", "fail", 0)]
    [InlineData("joined", "restart", 3)]
    [InlineData("found", "fail", 0)]
    public async Task A_callback_that_reads_one_must_end_the_processor_and_tell_all_that_is_known(string read, string policy, int restarts)
    {
        SendTo(Home, Key, read);
        var processor = In(policy).Process(Reading());

        var error = await Should.ThrowAsync<ProcessorFailedException>(() => processor.Done.WaitAsync(Patience));

        processor.Partitions[Home].Restarts.ShouldBe(restarts);
        error.Message.ShouldContain($"Group 'counts': reading a table failed for the record at in[{Home}]@0, key 'alice'");
        var record = error.InnerException.ShouldBeOfType<RecordException>();
        record.Stage.ShouldBe(ProcessingStage.Table);
        ShouldTellOf(record.InnerException, read == "own" ? Table : read);
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("dead-letter")]
    public async Task A_callback_must_find_nothing_where_the_policy_says_so_and_the_entries_be_dead_lettered_once(string policy)
    {
        SendTo(Home, Key, "all");
        SendTo(Home, Key, "all");
        var processor = In(policy).Process(Reading());

        AwaitCommitted();

        (await processor.Get(Key)).ShouldBe(2);
        processor.Partitions.Sum(p => p.Restarts).ShouldBe(0);
        processor.Partitions[Home].Unreadable.ShouldBeGreaterThanOrEqualTo(6);
        var letters = policy == "absent" ? [] : Kafka.Read("counts-dlq");
        letters.Select(r => $"{r.Headers.GetString(DeadLetterHeaders.Topic)} {r.Key} {r.Text} {r.Headers.GetString(DeadLetterHeaders.Stage)}").Order().ShouldBe(
            policy == "absent" ? [] : ["counts-table alice no number table", .. Twice("found alice no number table"), .. Twice("joined alice no number table")]);

        static string[] Twice(string text) => [text, text];
    }

    [Theory]
    [InlineData("restart")]
    [InlineData("dead-letter")]
    [InlineData("absent")]
    public async Task Queries_and_views_must_get_the_error_that_names_it_under_every_policy_but_absent(string policy)
    {
        var goka = In(policy);
        var processor = await goka.Process(Reading()).Running();
        var view = await goka.View(Table, Codec.Int64).Running();
        var byName = goka.Table(view.Table);
        Func<Task<long>>[] ones =
        [
            async () => await processor.Get(Key), async () => await byName.Get(Key), async () => (await processor.GetMany([Key])).Count, async () => view.Get(Key),
            async () => await processor.Has(Key) ? 1 : 0, async () => await byName.Has(Key) ? 1 : 0, async () => view.Has(Key) ? 1 : 0,
        ];
        Func<Task<string>>[] several =
        [
            async () => Text(processor.Local()), async () => Text((await processor.Range(KeyRange.All, 10)).Entries), async () => Text(await All(byName.Scan())),
            async () => Text(Iterated(view)),
        ];

        foreach (var one in ones)
        {
            if (policy == "absent")
                (await one()).ShouldBe(0);
            else
                ShouldTellOf(await Should.ThrowAsync<TableValueException>(one), Table);
        }

        foreach (var read in several)
        {
            if (policy == "absent")
                (await read()).ShouldBe("bob=2");
            else
                ShouldTellOf(await Should.ThrowAsync<TableValueException>(read), Table);
        }

        await using var changes = view.Changes().GetAsyncEnumerator();
        var next = changes.MoveNextAsync();
        var offset = Kafka.Append(Table, Home, Key, "no number either");
        if (policy == "absent")
            ((await next.AsTask().WaitAsync(Patience)), changes.Current.IsDelete).ShouldBe((true, true));
        else
            (await Should.ThrowAsync<TableValueException>(() => next.AsTask().WaitAsync(Patience))).Offset.ShouldBe(offset);
    }

    Goka In(string policy) => GokaIn(SecondSystem($"goka.processor.on-error.table = {policy}"), Storage);

    static void ShouldTellOf(Exception? error, string table)
    {
        var told = error.ShouldBeOfType<TableValueException>();
        (told.Table, told.Partition, told.Key.ToString(), told.Codec).ShouldBe((table, Home, Key, "Int64Codec"));
        told.Owner.ShouldNotBeEmpty();
        told.InnerException.ShouldBeOfType<FormatException>();
        told.Message.ShouldContain($"The value of key 'alice' in table '{table}', partition {Home}, ");
        told.Message.ShouldContain("Int64Codec: Expected a 64-bit integer as decimal text, found \"no number\". (9 B");
    }

    static GroupGraph<long> Reading() => GroupGraph.Define<long>(Group, g => g
        .Input("in", Codec.String, (ctx, what) =>
        {
            if (what is "joined" or "all")
                ctx.Join<long>("joined").ShouldBe(0);
            if (what is "found" or "all")
                ctx.Lookup<long>("found", Key).ShouldBe(0);
            // Read several times: an entry is dead-lettered once for each callback.
            if (what is "own" or "all")
                ctx.SetValue((ctx.HasValue ? ctx.Value : ctx.Join<long>("joined") + ctx.Value) + 1);
        })
        .Join("joined", Codec.Int64)
        .Lookup("found", Codec.Int64)
        .Persist(Codec.Int64));

    static string Text(IEnumerable<KeyValuePair<Key, long>> entries) => string.Join(" ", entries.Select(static e => $"{e.Key}={e.Value}"));

    static List<KeyValuePair<Key, long>> Iterated(View<long> view)
    {
        using var iterator = view.Iterate();
        var entries = new List<KeyValuePair<Key, long>>();
        while (iterator.Next())
            entries.Add(new(iterator.Key, iterator.Value));
        return entries;
    }

    static async Task<List<KeyValuePair<Key, long>>> All(IAsyncEnumerable<KeyValuePair<Key, long>> entries)
    {
        var all = new List<KeyValuePair<Key, long>>();
        await foreach (var entry in entries)
            all.Add(entry);
        return all;
    }
}
