namespace GokaAkka.Specs.GokaMap;

/// <summary>Data that Go's goka has written is read and continued, and what is written here is what goka would have written, byte for byte.</summary>
public sealed class GokaDataSpec(ITestOutputHelper output) : MapSpec(output)
{
    static GroupGraph<long> Example => GroupGraph.Define<long>("example-group", g => g
        .Input("example-stream", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1))
        .Persist(Codec.Int64));

    [Fact]
    public async Task A_group_of_goka_must_be_continued_from_its_committed_offset_and_its_table()
    {
        Kafka.CreateTopic("example-stream", 10);
        Kafka.CreateTable("example-group-table", 10);
        // What goka's processor had done when it stopped: three records consumed, the last value written and one key deleted.
        for (var i = 0; i < 4; i++)
            Kafka.Append("example-stream", 7, "some-key", "some-value");
        Kafka.Append("example-group-table", 7, "some-key", [0x31]);
        Kafka.Append("example-group-table", 7, "alice", [0x37]);
        Kafka.Append("example-group-table", 7, "some-key", [0x33]);
        Kafka.Append("example-group-table", 7, "alice", (byte[]?)null);
        Kafka.SetCommittedOffset("example-group", "example-stream", 7, 3);

        var processor = await Running(Example);
        AwaitCommitted("example-group", "example-stream", 7, 4);

        (await processor.Get("some-key")).ShouldBe(4);
        (await processor.Has("alice")).ShouldBeFalse();
        var record = Kafka.Read("example-group-table", 7)[^1];
        (record.Offset, record.Key.ToString(), record.Text).ShouldBe((4L, "some-key", "4"));
    }

    [Fact]
    public async Task What_a_group_writes_must_be_what_goka_reads()
    {
        Kafka.CreateTopic("in", 10);
        Kafka.CreateTopic("out", 10);
        await Running(GroupGraph.Define<long>("g", g => g
            .Input("in", Codec.String, (ctx, value) =>
            {
                if (value == "delete")
                    ctx.Delete();
                else
                    ctx.SetValue(42);
                ctx.Emit("out", "bob", "é");
                ctx.Loopback("alice", new byte[] { 0, 0xff });
            })
            .Loop(Codec.Bytes, (_, _) => { })
            .Output("out", Codec.String)
            .Persist(Codec.Int64)));

        Kafka.Append("in", 7, "alice", "set");
        Kafka.Append("in", 7, "alice", "delete");
        AwaitCommitted("g", "in", 7, 2);

        // Names, key bytes, the codec's bytes with nothing around them, decimal text for Int64, a null value to delete, no headers unless asked for.
        var table = Kafka.Read("g-table");
        table.Select(r => r.Partition).ShouldBe([7, 7]);
        table[0].Key.ShouldBe(new Key(new byte[] { 0x61, 0x6c, 0x69, 0x63, 0x65 }));
        table[0].Value.ShouldBe([0x34, 0x32]);
        table[1].Value.ShouldBeNull();
        var output = Kafka.Read("out");
        output.ShouldAllBe(r => r.Partition == 2 && r.Headers.Count == 0);
        output[0].Value.ShouldBe([0xc3, 0xa9]);
        var loop = Kafka.Read("g-loop");
        loop.ShouldAllBe(r => r.Partition == 7);
        loop[0].Value.ShouldBe([0, 0xff]);
    }

    [Theory]
    [InlineData(10, "", 5)]
    [InlineData(10, "a", 6)]
    [InlineData(10, "b", 9)]
    [InlineData(10, "key", 8)]
    [InlineData(10, "key1", 3)]
    [InlineData(10, "key2", 2)]
    [InlineData(10, "some-key", 7)]
    [InlineData(10, "alice", 7)]
    [InlineData(10, "bob", 2)]
    [InlineData(10, "user-1", 6)]
    [InlineData(10, "Zürich", 2)]
    [InlineData(10, "日本語", 5)]
    [InlineData(10, "hello world", 9)]
    [InlineData(10, "0", 3)]
    [InlineData(10, "02", 3)]
    [InlineData(10, "k12hlxfk", 8)]
    [InlineData(2, "key1", 1)]
    [InlineData(2, "key2", 0)]
    public async Task A_key_must_be_emitted_to_and_looked_for_in_the_partition_that_goka_writes_it_to(int partitions, string key, int partition)
    {
        Kafka.CreateTable("t", partitions);
        await using var emitter = Goka.Emitter("t", Codec.String);
        await emitter.Emit(key, "v").WaitAsync(Patience);
        await using var view = await Goka.View("t", Codec.String).Running();

        Kafka.Read("t").Single().Partition.ShouldBe(partition);
        view.Get(key).ShouldBe("v");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(64)]
    public async Task The_key_at_which_goka_fails_must_be_counted_kept_and_found_at_any_partition_count(int partitions)
    {
        // Its hash is -2^31: made positive in 32 bits, as goka's readers do, it stays negative and names no partition.
        const string Key = "k12hlxfk";
        Kafka.CreateTopic("example-stream", partitions);
        var processor = await Running(Example);
        await using var emitter = Goka.Emitter("example-stream", Codec.String);
        await emitter.Emit(Key, "v").WaitAsync(Patience);
        var partition = Kafka.Read("example-stream").Single().Partition;
        AwaitCommitted("example-group", "example-stream", partition, 1);
        await using var view = await Goka.View(Example.Table).Running();

        (await processor.Get(Key)).ShouldBe(1);
        view.Get(Key).ShouldBe(1);
        processor.Partitions.ShouldAllBe(p => p.Misplaced == 0);
    }

    [Fact]
    public async Task A_key_that_is_no_text_must_keep_its_bytes_and_its_partition()
    {
        Kafka.CreateTopic("example-stream", 10);
        var key = new Key(new byte[] { 0xff, 0xfe });
        var processor = await Running(Example);
        await using var emitter = Goka.Emitter("example-stream", Codec.String);
        await emitter.Emit(key, "v").WaitAsync(Patience);

        var record = AwaitRecords("example-group-table", 1).Single();

        (record.Partition, record.Key).ShouldBe((0, key));
        AwaitCommitted("example-group", "example-stream", 0, 1);
        (await processor.Get(key)).ShouldBe(1);
    }

    [Fact]
    public async Task The_committed_offset_must_be_that_of_the_next_record()
    {
        await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, (_, _) => { })));
        var last = Kafka.Append("in", 0, "k", "v");
        AwaitCommitted("g", "in", 0, last + 1);
    }

    [Fact]
    public async Task Records_must_carry_the_time_at_which_they_were_made()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await Running(GroupGraph.Define<long>("g", g => g
            .Input("in", Codec.String, (ctx, _) => ctx.SetValue(1)).Persist(Codec.Int64)));
        Kafka.Append("in", 0, "k", "v", timestamp: 1000);
        AwaitRecords("g-table", 1)[0].Timestamp.ShouldBeInRange(before, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task A_partitioner_given_in_code_must_place_and_find_the_keys_of_its_processor_emitter_or_view_alone()
    {
        var murmur2 = Partitioners.Murmur2;
        var partition = murmur2.Partition("alice"u8, 10);
        Kafka.CreateTopic("in", 10);
        Kafka.CreateTopic("out", 10);
        var processor = await Running(
            GroupGraph.Define<string>("g", g => g
                .Input("in", Codec.String, (ctx, value) =>
                {
                    ctx.SetValue(value);
                    ctx.Emit("out", ctx.Key, value);
                })
                .Output("out", Codec.String)
                .Persist(Codec.String)),
            new() { Partitioner = murmur2 });
        await using var emitter = Goka.Emitter("in", Codec.String, partitioner: murmur2);
        await emitter.Emit("alice", "v").WaitAsync(Patience);
        AwaitCommitted("g", "in", partition, 1);
        await using var view = await Goka.View(processor.Graph.GroupTable!, Codec.String, partitioner: murmur2).Running();
        await using var other = await Goka.View(processor.Graph.GroupTable!, Codec.Bytes).Running();

        Kafka.Read("out").Single().Partition.ShouldBe(partition);
        (await processor.Get("alice")).ShouldBe("v");
        processor.Partitions.ShouldAllBe(p => p.Misplaced == 0);
        view.Get("alice").ShouldBe("v");
        other.Has("alice").ShouldBeFalse();
    }

    [Fact]
    public async Task Another_partitioner_that_is_configured_must_place_and_find_the_keys()
    {
        Kafka.CreateTable("t", 10);
        var other = OtherNode("murmur2", hocon: "goka.processor.partitioner = murmur2");
        await using var emitter = other.Emitter("t", Codec.String);
        await emitter.Emit("alice", "v").WaitAsync(Patience);
        await using var view = await other.View("t", Codec.String).Running();

        var expected = Partitioners.Murmur2.Partition("alice"u8, 10);
        expected.ShouldNotBe(Partitioners.Fnv1a.Partition("alice"u8, 10));
        Kafka.Read("t").Single().Partition.ShouldBe(expected);
        view.Get("alice").ShouldBe("v");
    }
}
