namespace GokaAkka.Specs;

/// <summary>Callbacks that do not come back for long, on threads that are fewer than partitions.</summary>
public sealed class BlockingCallbackSpec(ITestOutputHelper output) : GokaSpec(output)
{
    [Fact]
    public async Task Half_of_the_partitions_asleep_must_hold_up_neither_the_others_nor_reads_nor_polling()
    {
        const int Others = 16;
        using var wakeUp = new ManualResetEventSlim();
        using var asleep = new CountdownEvent(Others / 2);
        Kafka.CreateTopic("wide", Others);
        var processor = Goka.Process(GroupGraph.Define<long>("sleepers", g => g
            .Input("wide", Codec.String, (ctx, text) =>
            {
                if (text == "sleep")
                {
                    asleep.Signal();
                    wakeUp.Wait(Patience);
                }

                ctx.SetValue(ctx.Value + 1);
            })
            .Persist(Codec.Int64)));
        await processor.Ready.WaitAsync(Patience);

        for (var p = 0; p < Others; p += 2)
            Kafka.Append("wide", p, $"key{p}", "sleep");
        asleep.Wait(Patience).ShouldBeTrue($"{asleep.CurrentCount} were never called");
        for (var p = 1; p < Others; p += 2)
            Kafka.Append("wide", p, $"key{p}", "go on");

        Eventually(() =>
        {
            for (var p = 1; p < Others; p += 2)
                Kafka.CommittedOffset("sleepers", "wide", p).ShouldBe(1, $"wide[{p}]");
        });
        Goka.Health.Live().Level.ShouldBe(HealthLevel.Healthy);
        wakeUp.Set();
        Eventually(() =>
        {
            for (var p = 0; p < Others; p++)
                Kafka.CommittedOffset("sleepers", "wide", p).ShouldBe(1, $"wide[{p}]");
        });
    }
}
