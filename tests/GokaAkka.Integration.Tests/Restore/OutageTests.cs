namespace GokaAkka.Integration.Tests.Restore;

/// <summary>A processor on the real client, whose broker goes away and comes back.</summary>
[Collection(RestoreCollection.Name)]
public sealed class OutageTests : IDisposable
{
    readonly EmbeddedBroker _broker = EmbeddedBroker.Start();

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_processor_must_start_when_its_broker_comes_and_ride_out_outages_without_a_restart()
    {
        _broker.CreateTopic("words", 4);
        _broker.CreateTopic("counts-table", 4);
        _broker.BrokerDown();
        await using var node = new Node(_broker, new MemoryStorageProvider(), """
            goka.kafka { connect-timeout = 1s, client { reconnect.backoff.ms = 20, reconnect.backoff.max.ms = 200 } }
            goka.processor.restart.max-restarts = 0
            """);
        var processor = node.Goka.Process(GroupGraph.Define<long>("counts", g => g
            .Input("words", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1))
            .Persist(Codec.Int64)));
        await Until(() => processor.Troubles.Any(t => t.What == "the start"), "the start is in trouble");
        _broker.BrokerUp();
        await processor.Ready.WaitAsync(Node.Patience);
        await using var emitter = node.Goka.Emitter("words", Codec.String);
        await emitter.Emit("k", "before").WaitAsync(Node.Patience);
        await Until(() => processor.Partitions.Sum(p => p.Processed) == 1, "the first record is processed");

        _broker.BrokerDown();
        await Until(() => processor.Troubles.Any(t => t.What == "the brokers"), "the outage is told");
        var emitted = emitter.Emit("k", "after");
        _broker.BrokerUp();
        await emitted.WaitAsync(Node.Patience);
        await Until(() => processor.Partitions.Sum(p => p.Processed) >= 2, "the second record is processed");
        await Until(() => processor.Troubles.Count == 0, "the troubles are over");

        // More where the outage outlasted the session: what was not committed is read again.
        (await processor.Get("k")).ShouldBeGreaterThanOrEqualTo(2);
        processor.Partitions.ShouldAllBe(p => p.Restarts == 0);
        node.Log.Count(l => l.Contains("trouble with the brokers, tried again")).ShouldBe(1, "one line when it begins");
        node.Log.Count(l => l.Contains("trouble with the brokers is over")).ShouldBe(1, "and one when it is over");
        node.Log.ShouldContain(l => l.Contains(": FAIL: ") && l.Contains("Connection refused"), "what the clients say themselves");

        Task Until(Func<bool> condition, string what) => Eventually.Holds(
            condition, () => $"{what}. Troubles: {string.Join("; ", processor.Troubles)}. State: {processor.State}.");
    }

    [Fact]
    public async Task A_stop_must_end_within_its_bound_while_the_broker_is_away_and_takes_nothing_more()
    {
        var copies = Enumerable.Range(0, 3).Select(i => $"copy-{i}").ToList();
        foreach (var topic in copies.Append("words"))
            _broker.CreateTopic(topic, 1);
        await using var node = new Node(_broker, new MemoryStorageProvider(), """
            goka.processor.drain-timeout = 2s
            # The partition is to be there when it stops: not lost with the session.
            goka.kafka.consumer.session.timeout.ms = 60000
            """);
        // What the broker was sent before it went away would be acknowledged.
        var gate = new ManualResetEventSlim();
        var big = new string('x', 900_000);
        var processor = node.Goka.Process(GroupGraph.Define("copies", g =>
        {
            g.Input("words", Codec.String, (ctx, _) =>
            {
                gate.Wait();
                copies.ForEach(topic => ctx.Emit(topic, ctx.Key, big));
            });
            copies.ForEach(topic => g.Output(topic, Codec.String));
        }));
        await processor.Ready.WaitAsync(Node.Patience);
        await using (var emitter = node.Goka.Emitter("words", Codec.String))
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => emitter.Emit("k", $"{i}"))).WaitAsync(Node.Patience);
        await Eventually.Holds(() => processor.Partitions[0].Inputs[0].Records == 100, () => $"all have come: {processor.Partitions[0].Inputs[0].Records}");

        _broker.BrokerDown();
        gate.Set();
        await Eventually.Holds(() => processor.Partitions[0].Processed > 20, () => $"the buffer fills: {processor.Partitions[0].Processed}");
        var clock = Stopwatch.StartNew();
        await processor.Stop().WaitAsync(Node.Patience);

        // The drain, and 5 s for a coordinator that does not answer.
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
        processor.Partitions[0].Processed.ShouldBeLessThan(100);
    }

    [Fact]
    public async Task Emitting_must_not_wait_for_a_broker_that_is_away_and_be_done_when_it_is_back()
    {
        _broker.CreateTopic("words", 4);
        await using var node = new Node(_broker, new MemoryStorageProvider(), "goka.kafka.connect-timeout = 30s");
        await using var emitter = node.Goka.Emitter("words", Codec.String);
        _broker.BrokerDown();

        var emitted = Enumerable.Range(0, 100).Select(i => emitter.Emit($"{i}", "v")).ToList();
        emitted.ShouldAllBe(t => !t.IsCompleted);
        _broker.BrokerUp();

        await Task.WhenAll(emitted).WaitAsync(Node.Patience);
    }
}
