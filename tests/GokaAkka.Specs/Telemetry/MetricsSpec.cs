using System.Diagnostics.Metrics;

namespace GokaAkka.Specs.Telemetry;

/// <summary>Metrics tell the truth: held against input that is known.</summary>
public sealed class MetricsSpec(ITestOutputHelper output) : GokaSpec(output, "goka.processor { lag-interval = 10ms, retry { min-backoff = 1ms, max-backoff = 2ms } }")
{
    readonly OwnMeters _meters = new();

    [Fact]
    public async Task What_is_consumed_processed_written_and_sent_must_be_counted_by_group_topic_and_partition()
    {
        Kafka.CreateTopic("out", Partitions);
        var goka = Observed();
        var processor = await goka.Process(GroupGraph.Define<long>(Group, g => g
            .Input("in", Codec.String, (ctx, _) =>
            {
                ctx.SetValue(ctx.Value + 1);
                ctx.Emit("out", ctx.Key, "abc");
                ctx.Emit("out", ctx.Key, "abc");
            })
            .Output("out", Codec.String)
            .Persist(Codec.Int64))).Running();
        for (var i = 0; i < 7; i++)
            SendTo(1, "k", "12345");
        for (var i = 0; i < 2; i++)
            SendTo(3, "kk", "1");
        AwaitCommitted();

        // What is observed is written before the commit; the lag is asked for after it.
        Eventually(() => _meters.Collect().Sum("goka.lag").ShouldBe(0));
        var found = _meters.Collect();
        string[] Of(string topic, int partition) => [$"messaging.consumer.group.name={Group}", $"messaging.destination.name={topic}", Partition(partition)];
        string Partition(int partition) => $"messaging.destination.partition.id={partition}";
        Single("messaging.client.consumed.messages", [.. Of("in", 1), "messaging.operation.name=poll", "messaging.system=kafka"]).ShouldBe(7);
        Single("messaging.client.consumed.messages", Of("in", 3)).ShouldBe(2);
        Single("goka.consumed.size", Of("in", 1)).ShouldBe(7 * 6);
        Single("goka.processed", "goka.partition=1").ShouldBe(7);
        found.Sum("goka.processed").ShouldBe(9);
        found.Sum("messaging.client.sent.messages", "messaging.destination.name=out", "goka.partition=1").ShouldBe(14);
        found.Sum("goka.sent.size", "messaging.destination.name=out").ShouldBe((14 * 4) + (4 * 5));
        found.Sum("messaging.client.sent.messages", $"messaging.destination.name={Table}").ShouldBe(9);
        Single("goka.table.writes", Of(Table, 1)).ShouldBe(7);
        found.Sum("goka.table.written", Partition(3)).ShouldBe(2 * 3);
        found.Sum("goka.table.writes", Partition(0)).ShouldBe(0, "a partition that has written nothing yet");
        found.Sum("goka.table.offset", Partition(1)).ShouldBe(7);
        // Of each key the first read missed, and the cache was asked for nothing else.
        found.Sum("goka.table.cache.misses").ShouldBe(2);
        found.Sum("goka.table.cache.hits").ShouldBe(7);
        found.Sum("goka.partitions").ShouldBe(Partitions);
        found.Sum("goka.partitions", "goka.state=running").ShouldBe(Partitions);
        found.Sum("goka.processor.state", "goka.state=running").ShouldBe(1);
        found.Sum("goka.rebalances", "goka.rebalance=assigned").ShouldBe(1);
        found.Sum("goka.queue.records").ShouldBe(0);
        found.Sum("goka.watermark.age").ShouldBe(0);
        found.Sum("goka.poll.age")!.Value.ShouldBeGreaterThanOrEqualTo(0);
        found.Sum("goka.troubles").ShouldBe(0);
        found.Of("messaging.client.consumed.messages").ShouldAllBe(m => m.Instrument is ObservableCounter<long>);
        found.Of("goka.lag").ShouldAllBe(m => m.Instrument is ObservableGauge<long>);

        double Single(string instrument, params string[] tags) => found.Of(instrument, tags).ShouldHaveSingleItem().Value;
    }

    [Fact]
    public async Task Batches_must_be_timed_once_each_until_they_are_acknowledged()
    {
        var processor = await Observed().Process(Counting()).Running();
        for (var i = 0; i < 3; i++)
        {
            SendTo(2, "k", "");
            AwaitCommitted();
        }

        var found = _meters.Collect();
        var of = $"messaging.consumer.group.name={Group}, messaging.destination.name=in";
        Tags("messaging.process.duration").ShouldBe(Enumerable.Repeat($"{of}, messaging.operation.name=process, messaging.system=kafka", 3));
        Tags("goka.acknowledgement.duration").ShouldBe(Enumerable.Repeat(of, 3));
        found.Sum("goka.acknowledgement.duration")!.Value.ShouldBeGreaterThan(0);
        found.All.Where(m => !m.Instrument.IsObservable).ShouldAllBe(m => m.Instrument is Histogram<double>);

        IEnumerable<string> Tags(string instrument) => found.Of(instrument).Select(m => string.Join(", ", m.Tags));
    }

    [Fact]
    public async Task Lag_and_the_age_of_the_watermark_must_grow_while_nothing_is_acknowledged()
    {
        var processor = await Observed().Process(Counting()).Running();
        using (Kafka.HoldAcks(Table))
        {
            Send("alice", "alice", "alice");
            Eventually(() => _meters.Collect().Sum("goka.lag").ShouldBe(3));
            var first = _meters.Collect().Sum("goka.watermark.age")!.Value;
            first.ShouldBeGreaterThan(0);
            Eventually(() => _meters.Collect().Sum("goka.watermark.age")!.Value.ShouldBeGreaterThan(first));
        }

        Eventually(() => _meters.Collect().Sum("goka.lag").ShouldBe(0));
        _meters.Collect().Sum("goka.watermark.age").ShouldBe(0);
    }

    [Fact]
    public async Task Records_that_wait_for_a_callback_must_be_counted_as_queued()
    {
        using var gate = new ManualResetEventSlim();
        var began = new TaskCompletionSource();
        var processor = await Observed().Process(GroupGraph.Define(Group, g => g.Input("in", Codec.String, (_, _) =>
        {
            began.TrySetResult();
            gate.Wait(Patience).ShouldBeTrue();
        }))).Running();
        for (var i = 0; i < 5; i++)
            SendTo(0, "k", "1234");
        await began.Task.WaitAsync(Patience);
        try
        {
            Eventually(() => _meters.Collect().Sum("goka.queue.records").ShouldBe(5));
            _meters.Collect().Sum("goka.queue.size").ShouldBe(5 * 5);
        }
        finally
        {
            gate.Set();
        }

        AwaitCommitted();
        Eventually(() => _meters.Collect().Sum("goka.queue.records").ShouldBe(0));
    }

    [Fact]
    public async Task A_restore_must_be_told_by_its_records()
    {
        Kafka.CreateTable(Table, Partitions);
        for (var i = 0; i < 11; i++)
            Kafka.Append(Table, 2, $"k{i}", "1");
        var goka = Observed();
        await goka.Process(Counting()).Ready.WaitAsync(Patience);
        await using var view = await goka.View(Table, Codec.Int64).Running();

        var found = _meters.Collect();
        var group = $"messaging.consumer.group.name={Group}";
        (found.Sum("goka.restore.records", group), found.Sum("goka.restore.records")).ShouldBe((11, 22), "the group's and the view's");
        found.Sum("goka.restore.remaining").ShouldBe(0);
        found.Sum("goka.view.state", "goka.state=running", $"messaging.destination.name={Table}").ShouldBe(1);
        found.Sum("goka.table.offset", group, "messaging.destination.partition.id=2").ShouldBe(11);
    }

    [Fact]
    public async Task Failures_must_be_counted_by_what_became_of_them()
    {
        var failsOnce = 1;
        foreach (var topic in new[] { "other", "third" })
            Kafka.CreateTopic(topic, Partitions);
        var processor = await Observed().Process(GroupGraph.Define(Group, g => g
            .Input("in", Codec.String, (_, value) =>
            {
                if (value == "bad" || (value == "restart" && Interlocked.Exchange(ref failsOnce, 0) == 1))
                    throw new InvalidOperationException(value);
            }, new InputOptions { Errors = ErrorPolicy.DeadLetter.AfterRetries(2) })
            .Input("other", Codec.String, (_, value) => throw new InvalidOperationException(value), new InputOptions { Errors = ErrorPolicy.Skip })
            .Input("third", Codec.String, (_, value) =>
            {
                if (Interlocked.Exchange(ref failsOnce, 0) == 1)
                    throw new InvalidOperationException(value);
            }))).Running();
        SendTo(1, "k", "good");
        SendTo(1, "k", "bad");
        SendTo(1, "k", "bad");
        Kafka.Append("other", 1, "k", "v");
        AwaitCommitted();
        AwaitCommitted(topic: "other");
        Kafka.Append("third", 1, "k", "v");
        AwaitCommitted(topic: "third");

        var found = _meters.Collect();
        string[] names = ["dead_letters", "skipped", "retries", "restarts"];
        names.Select(n => found.Sum($"goka.{n}", "goka.partition=1")).ShouldBe([2, 1, 4, 1]);
        names.Select(n => found.Sum($"goka.{n}", "goka.partition=0")).ShouldBe([0, 0, 0, 0]);
        found.Sum("messaging.client.sent.messages", $"messaging.destination.name={Group}-dlq").ShouldBe(2);
    }

    [Fact]
    public async Task Partitions_that_leave_must_be_gone_and_those_that_come_must_be_there()
    {
        var first = await Observed().Process(Counting()).Running();
        _meters.Collect().Sum("goka.partitions").ShouldBe(Partitions);

        using var others = new OwnMeters();
        var second = Goka.Get(SecondSystem(), new GokaOptions { Kafka = Kafka, Storage = new KeptStorage(), Meters = others }).Process(Counting());
        Eventually(() => (Sum(_meters), Sum(others)).ShouldBe((2, 2)));
        Named(_meters).Intersect(Named(others)).ShouldBeEmpty();
        _meters.Collect().Sum("goka.rebalances", "goka.rebalance=revoked").ShouldBe(1);

        await first.Stop().WaitAsync(Patience);
        Eventually(() => Sum(others).ShouldBe(Partitions));
        var gone = _meters.Collect();
        gone.All.Where(m => m.Instrument.IsObservable && m.Tags.Contains($"messaging.consumer.group.name={Group}")).ShouldBeEmpty();
        await second.Stop().WaitAsync(Patience);

        static double Sum(OwnMeters meters) => meters.Collect().Sum("goka.partitions", "goka.state=running") ?? 0;
        static List<string> Named(OwnMeters meters) => [.. meters.Collect().Of("goka.processed").Select(m => string.Join(", ", m.Tags))];
    }

    [Fact]
    public async Task Standbys_must_be_told_apart_and_nothing_be_told_of_them_but_their_tables()
    {
        Send("alice", "bob", "carol", "dave");
        var first = Observed("goka.processor.standby = 1").Process(Counting());
        AwaitCommitted();
        using var others = new OwnMeters();
        var second = Goka.Get(SecondSystem("goka.processor.standby = 1"), new GokaOptions { Kafka = Kafka, Storage = new KeptStorage(), Meters = others });
        await second.Process(Counting()).Ready.WaitAsync(Patience);

        foreach (var meters in new[] { _meters, others })
        {
            Eventually(() => (Partitions("active", "running"), Partitions("standby", "following")).ShouldBe((2, 2)));
            var found = meters.Collect();
            found.Of("goka.processed").Count.ShouldBe(2);
            found.Of("goka.table.offset").Count.ShouldBe(4);
            Eventually(() => meters.Collect().Sum("goka.table.offset").ShouldBe(4, "each has all there is"));

            double? Partitions(string role, string state) => meters.Collect().Sum("goka.partitions", $"goka.role={role}", $"goka.state={state}");
        }

        await first.Stop().WaitAsync(Patience);
    }

    [Fact]
    public async Task A_processor_that_has_failed_must_be_told_by_its_state_until_it_runs_again()
    {
        var goka = Observed();
        var isBad = true;
        var graph = Counting(_ =>
        {
            if (isBad)
                throw new InvalidOperationException("bad");
        });
        var failing = goka.Process(graph, new ProcessorOptions { Errors = ErrorPolicy.Fail });
        Send("alice");
        await Should.ThrowAsync<ProcessorFailedException>(() => failing.Done.WaitAsync(Patience));

        var failed = _meters.Collect();
        failed.Sum("goka.processor.state", "goka.state=failed").ShouldBe(1);
        failed.Sum("goka.partitions").ShouldBeNull();

        isBad = false;
        await goka.Process(graph).Ready.WaitAsync(Patience);
        var again = _meters.Collect();
        (again.Sum("goka.processor.state"), again.Sum("goka.processor.state", "goka.state=running")).ShouldBe((1, 1));
    }

    [Fact]
    public async Task What_emitters_send_must_be_counted_by_topic_and_stay_counted_when_they_are_closed()
    {
        Kafka.CreateTopic("out");
        var goka = Observed();
        var emitter = goka.Emitter("out", Codec.String);
        var held = Kafka.HoldAcks("out");
        var sent = new[] { emitter.Emit("a", "1"), emitter.Emit("b", "2"), emitter.Emit("c", "3") };
        Sums().ShouldBe((3, 3));

        held.Dispose();
        await Task.WhenAll(sent).WaitAsync(Patience);
        Sums().ShouldBe((3, 0));
        await emitter.DisposeAsync();
        await using var second = goka.Emitter("out", Codec.String);
        await second.Emit("d", "4").WaitAsync(Patience);
        Sums().ShouldBe((4, 0));

        (double?, double?) Sums()
        {
            var found = _meters.Collect();
            return (found.Sum("messaging.client.sent.messages", "messaging.destination.name=out"), found.Sum("goka.emitter.pending"));
        }
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _meters.Dispose();
    }

    Goka Observed(string config = "") => Goka.Get(SecondSystem(config + "\ngoka.processor { lag-interval = 10ms, retry { min-backoff = 1ms, max-backoff = 2ms } }"), new GokaOptions
    {
        Kafka = Kafka, Storage = Storage, Meters = _meters,
    });
}
