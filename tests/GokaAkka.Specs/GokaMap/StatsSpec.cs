namespace GokaAkka.Specs.GokaMap;

/// <summary>Figures of partitions. goka's <c>Stats</c>.</summary>
public sealed class StatsSpec(ITestOutputHelper output) : MapSpec(output, "goka.processor.lag-interval = 10ms")
{
    [Fact]
    public async Task Inputs_and_outputs_must_be_counted_by_topic_with_their_bytes()
    {
        Kafka.CreateTopic("in");
        Kafka.CreateTopic("other");
        var processor = await Running(GroupGraph.Define<string>("g", g => g
            .Inputs(["in", "other"], Codec.String, (ctx, value) =>
            {
                ctx.SetValue(value);
                ctx.Delete();
                ctx.Emit("out", ctx.Key, value);
                ctx.Emit("out", ctx.Key, value);
                ctx.Loopback(ctx.Key, value);
            })
            .Loop(Codec.String, (_, _) => { })
            .Output("out", Codec.String)
            .Persist(Codec.String)));

        Kafka.Append("in", 0, "k", "1234", timestamp: 1000);
        Kafka.Append("in", 0, "k", "56", timestamp: 2000);
        AwaitCommitted("g", "g-loop", 0, 2);
        AwaitCommitted("g", "in", 0, 2);

        var status = processor.Partitions[0];
        status.Processed.ShouldBe(4);
        // What nothing has come of is asked for, with the lag.
        AwaitAssert(
            () => status.Inputs.Select(i => $"{i.Topic} {i.Records} {i.Bytes} {i.NextOffset} {i.DoneOffset}")
                .ShouldBe(["in 2 8 2 2", "other 0 0  0", "g-loop 2 8 2 2"], ignoreOrder: true),
            Patience);
        status.Outputs.Select(o => $"{o.Topic} {o.Records} {o.Bytes}").ShouldBe(["g-table 4 10", "out 4 16", "g-loop 2 8"]);
        var input = status.Inputs.Single(i => i.Topic == "in");
        input.LastTimestamp.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(2000));
        input.DelayAt(DateTimeOffset.FromUnixTimeMilliseconds(5000)).ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task The_lag_must_be_what_is_not_done_yet_and_nothing_when_all_is_done()
    {
        var processor = await Running(Copying);
        using (Kafka.HoldAcks("out"))
        {
            for (var i = 0; i < 3; i++)
                Kafka.Append("in", 0, "k", "v");
            Await(() => Input(processor).Lag == 3, "three records are not acknowledged");
            Input(processor).HighWatermark.ShouldBe(3);
        }

        Await(() => Input(processor).Lag == 0, "the lag ends");
    }

    [Fact]
    public async Task An_input_of_which_nothing_has_come_yet_must_know_its_lag_from_what_is_committed()
    {
        Kafka.CreateTopic("in");
        Kafka.CreateTopic("paused");
        for (var i = 0; i < 5; i++)
        {
            Kafka.Append("in", 0, "k", "v");
            Kafka.Append("paused", 0, "k", "v");
        }

        Kafka.SetCommittedOffset("g", "in", 0, 5);
        Kafka.SetCommittedOffset("g", "paused", 0, 3);
        // Nothing is read before the pause.
        Kafka.TakeDown();
        var processor = Goka.Process(GroupGraph.Define("g", g => g.Inputs(["in", "paused"], Codec.String, (_, _) => { })));
        processor.Pause("paused");
        Kafka.BringUp();
        await processor.Ready.WaitAsync(Patience);

        Await(() => Lags() == "in 0, paused 2", "both lags are known");
        string Lags() => string.Join(", ", processor.Partitions[0].Inputs.Select(i => $"{i.Topic} {i.Lag}"));
    }

    [Fact]
    public async Task A_restore_must_be_told_with_what_it_has_read_and_where_the_table_stands()
    {
        Kafka.CreateTopic("in");
        Kafka.CreateTable("g-table");
        for (var i = 0; i < 7; i++)
            Kafka.Append("g-table", 0, $"k{i}", "v");
        var processor = await Running(GroupGraph.Define<string>("g", g => g.Input("in", Codec.String, (ctx, value) => ctx.SetValue(value)).Persist(Codec.String)));
        var status = processor.Partitions[0];
        (status.State, status.Restored, status.Remaining, status.TableOffset).ShouldBe((PartitionState.Running, 7, 0, 7));

        Kafka.Append("in", 0, "k", "v");
        Await(() => status.TableOffset == 8, "the own write is told");
    }

    [Fact]
    public async Task The_partitions_of_a_view_must_have_no_inputs()
    {
        Kafka.CreateTable("t");
        await using var view = await Goka.View("t", Codec.String).Running();
        view.Partitions[0].Inputs.ShouldBeEmpty();
        view.Partitions[0].Outputs.ShouldBeEmpty();
    }

    static InputStatus Input(Processor processor) => processor.Partitions[0].Inputs.Single();
}
