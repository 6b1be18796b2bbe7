namespace GokaAkka.Specs.GokaMap;

/// <summary>Reading the tables of other groups in a callback.</summary>
public sealed class JoinAndLookupSpec(ITestOutputHelper output) : MapSpec(output)
{
    [Fact]
    public async Task A_join_must_give_the_value_of_the_records_own_key_and_nothing_for_a_key_that_has_none()
    {
        Kafka.CreateTopic("in", 10);
        Kafka.CreateTable("profiles", 10);
        Kafka.Append("profiles", 7, "alice", "Alice");
        var profiles = new Table<string>("profiles", Codec.String);
        var seen = new List<string?>();
        await Running(GroupGraph.Define("g", g => g
            .Input("in", Codec.String, (ctx, _) => seen.Add(ctx.Join(profiles)))
            .Join(profiles)));

        Kafka.Append("in", 7, "alice", "v");
        Kafka.Append("in", 7, "nobody", "v");

        AwaitCommitted("g", "in", 7, 2);
        seen.ShouldBe(["Alice", null]);
    }

    [Fact]
    public async Task A_join_must_follow_its_table()
    {
        Kafka.CreateTable("t");
        var seen = new List<string?>();
        await Running(GroupGraph.Define("g", g => g
            .Input("in", Codec.String, (ctx, _) =>
            {
                lock (seen)
                    seen.Add(ctx.Join<string>("t"));
            })
            .Join("t", Codec.String)));

        Kafka.Append("t", 0, "k", "new");

        // No alignment in time: asked until the table has come to it.
        Await(
            () =>
            {
                Kafka.Append("in", 0, "k", "v");
                lock (seen)
                    return seen.Contains("new");
            },
            "the join shows the table's new value");
    }

    [Fact]
    public async Task Joined_tables_must_be_restored_before_the_first_record_is_processed()
    {
        Kafka.CreateTopic("in");
        Kafka.CreateTable("t");
        Kafka.Append("in", 0, "k5000", "v");
        for (var i = 0; i <= 5000; i++)
            Kafka.Append("t", 0, $"k{i}", "x");
        var seen = new TaskCompletionSource<string?>();

        await Running(GroupGraph.Define("g", g => g
            .Input("in", Codec.String, (ctx, _) => seen.TrySetResult(ctx.Join<string>("t")))
            .Join("t", Codec.String)));

        (await seen.Task.WaitAsync(Patience)).ShouldBe("x");
    }

    [Fact]
    public async Task A_lookup_must_give_the_value_of_any_key_in_a_table_with_any_number_of_partitions()
    {
        Kafka.CreateTopic("in", 2);
        Kafka.CreateTable("words", 10);
        Kafka.Append("words", 6, "a", "A");
        Kafka.Append("words", 9, "b", "B");
        var words = new Table<string>("words", Codec.String);
        var seen = new TaskCompletionSource<string>();
        await Running(GroupGraph.Define("g", g => g
            .Input("in", Codec.String, (ctx, _) => seen.TrySetResult($"{ctx.Lookup(words, "a")}{ctx.Lookup(words, "b")}{ctx.Lookup(words, "c") ?? "-"}"))
            .Lookup(words)));

        Kafka.Append("in", 0, "k", "v");

        (await seen.Task.WaitAsync(Patience)).ShouldBe("AB-");
    }

    [Fact]
    public async Task The_table_of_one_group_must_be_joined_and_looked_up_by_another()
    {
        Kafka.CreateTopic("in", 4);
        Kafka.CreateTopic("ask", 4);
        var counts = GroupGraph.Define<long>("counts", g => g
            .Input("in", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1))
            .Persist(Codec.Int64));
        await Running(counts);
        Kafka.Append("in", 0, "k", "v");
        AwaitRecords("counts-table", 1);
        var seen = new TaskCompletionSource<long>();

        await Running(GroupGraph.Define("asker", g => g
            .Input("ask", Codec.String, (ctx, _) => seen.TrySetResult(ctx.Join(counts.Table) * 10 + ctx.Lookup(counts.Table, "k")))
            .Join(counts.Table)
            .Lookup(counts.Table)));
        Kafka.Append("ask", 0, "k", "v");

        // The key was put into partition 0, which is not where its hash is looked up: joins go by partition, lookups by hash.
        (await seen.Task.WaitAsync(Patience)).ShouldBe(10);
    }

    [Fact]
    public async Task The_update_callback_must_make_the_joined_tables_but_not_those_looked_up()
    {
        Kafka.CreateTopic("in");
        Kafka.CreateTable("joined");
        Kafka.CreateTable("looked-up");
        Kafka.Append("joined", 0, "k", "v");
        Kafka.Append("looked-up", 0, "k", "v");
        var seen = new TaskCompletionSource<string>();
        await Running(
            GroupGraph.Define("g", g => g
                .Input("in", Codec.String, (ctx, _) => seen.TrySetResult($"{ctx.Join<string>("joined")} {ctx.Lookup<string>("looked-up", "k")}"))
                .Join("joined", Codec.String)
                .Lookup("looked-up", Codec.String)),
            new ProcessorOptions { Update = (in context, table, key, value) => table.Set(key, Utf8($"{context.Topic}@{context.Offset}")) });

        Kafka.Append("in", 0, "k", "v");

        (await seen.Task.WaitAsync(Patience)).ShouldBe("joined@0 v");
    }
}
