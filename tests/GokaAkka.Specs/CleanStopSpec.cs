namespace GokaAkka.Specs;

/// <summary>A stop in good order costs nothing, in either mode, however often and under whatever load.</summary>
public sealed class CleanStopSpec(ITestOutputHelper output) : GokaSpec(
    output, "goka.processor { poll-records = 50, transaction { commit-interval = 20ms, timeout = 5s } }")
{
    const int Stops = 10;
    const int Ahead = 400;
    const int CountedBetweenStops = 300;

    static readonly string[] Keys = [.. Enumerable.Range(0, 40).Select(i => $"key-{i}")];

    long _sent;
    long _counted;
    volatile bool _isLoadOver;

    [Theory]
    [InlineData(Delivery.AtLeastOnce)]
    [InlineData(Delivery.ExactlyOnce)]
    public async Task Ten_stops_and_starts_under_load_must_neither_lose_nor_repeat_a_record(Delivery delivery)
    {
        Kafka.CreateTopic("out", Partitions);
        Goka[] nodes = [Goka, GokaIn(SecondSystem(), new KeptStorage())];
        var options = new ProcessorOptions { Delivery = delivery };
        var running = nodes.Select(n => n.Process(EachOnce(), options)).ToArray();
        var loading = Task.Factory.StartNew(Load, TaskCreationOptions.LongRunning);

        for (var stop = 0; stop < Stops; stop++)
        {
            var (node, next) = (stop % nodes.Length, Interlocked.Read(ref _counted) + CountedBetweenStops);
            Kafka.WaitUntil(() => Interlocked.Read(ref _counted) >= next, Patience).ShouldBeTrue($"{_counted} of {_sent} counted, at stop {stop}");
            await running[node].Stop().WaitAsync(Patience);
            running[node] = nodes[node].Process(EachOnce(), options);
        }

        _isLoadOver = true;
        await loading.WaitAsync(Patience);
        AwaitCommitted();
        await Task.WhenAll(running.Select(p => p.Stop())).WaitAsync(Patience);

        Interlocked.Read(ref _counted).ShouldBe(_sent);
        var emitted = Kafka.Read("out").Select(r => r.Text!).ToList();
        emitted.ShouldBeUnique();
        emitted.Count.ShouldBe((int)_sent);
        Kafka.Read(Table).Count.ShouldBe((int)_sent);
        Kafka.Read(Table).GroupBy(r => r.Key).Sum(k => long.Parse(k.Last().Text!)).ShouldBe(_sent);
    }

    GroupGraph<long> EachOnce() => GroupGraph.Define<long>(Group, g => g
        .Input("in", Codec.String, (ctx, _) =>
        {
            ctx.SetValue(ctx.Value + 1);
            ctx.Emit("out", ctx.Key, $"{ctx.Partition}@{ctx.Offset}");
            Interlocked.Increment(ref _counted);
        })
        .Output("out", Codec.String)
        .Persist(Codec.Int64));

    /// <summary>Keeps ahead of what is counted, so that there is always something to do.</summary>
    void Load()
    {
        while (!_isLoadOver)
        {
            Send(Keys);
            var sent = Interlocked.Add(ref _sent, Keys.Length);
            Kafka.WaitUntil(() => _isLoadOver || sent - Interlocked.Read(ref _counted) < Ahead, Patience).ShouldBeTrue();
        }
    }
}
