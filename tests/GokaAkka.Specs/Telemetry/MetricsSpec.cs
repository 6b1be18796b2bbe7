using Akka.Actor;
using GokaAkka.Tests.Telemetry;

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
        var processor = goka.Process(GroupGraph.Define<long>(Group, g => g
            .Input("in", Codec.String, (ctx, _) =>
            {
                ctx.SetValue(ctx.Value + 1);
                ctx.Emit("out", ctx.Key, "abc");
                ctx.Emit("out", ctx.Key, "abc");
            })
            .Output("out", Codec.String)
            .Persist(Codec.Int64)));
        await processor.Ready.WaitAsync(Patience);
        for (var i = 0; i < 7; i++)
            SendTo(1, "k", "12345");
        for (var i = 0; i < 2; i++)
            SendTo(3, "kk", "1");
        AwaitCommitted();

        // What is observed is written before the commit; the lag is asked for after it.
        Eventually(() => _meters.Collect().Sum("goka_lag").ShouldBe(0));
        var found = _meters.Collect();
        var topic = $"messaging_consumer_group_name=\"{Group}\",messaging_destination_name=";
        string Of(int partition) => $"messaging_destination_partition_id=\"{partition}\"";
        Sample(found, "messaging_client_consumed_messages_total", $"{topic}\"in\"", Of(1), "messaging_operation_name=\"poll\"", "messaging_system=\"kafka\"").ShouldBe(7);
        Sample(found, "messaging_client_consumed_messages_total", $"{topic}\"in\"", Of(3)).ShouldBe(2);
        Sample(found, "goka_consumed_size_bytes_total", $"{topic}\"in\"", Of(1)).ShouldBe(7 * 6);
        Sample(found, "goka_processed_total", "goka_partition=\"1\"").ShouldBe(7);
        found.Sum("goka_processed_total").ShouldBe(9);
        found.Sum("messaging_client_sent_messages_total", "messaging_destination_name=\"out\"", "goka_partition=\"1\"").ShouldBe(14);
        found.Sum("goka_sent_size_bytes_total", "messaging_destination_name=\"out\"").ShouldBe((14 * 4) + (4 * 5));
        found.Sum("messaging_client_sent_messages_total", $"messaging_destination_name=\"{Table}\"").ShouldBe(9);
        Sample(found, "goka_table_writes_total", $"{topic}\"{Table}\"", Of(1)).ShouldBe(7);
        found.Sum("goka_table_written_bytes_total", Of(3)).ShouldBe(2 * 3);
        found.Sum("goka_table_writes_total", Of(0)).ShouldBe(0, "a partition that has written nothing yet");
        found.Sum("goka_table_offset", Of(1)).ShouldBe(7);
        // Of each key the first read missed, and the cache was asked for nothing else.
        found.Sum("goka_table_cache_misses_total").ShouldBe(2);
        found.Sum("goka_table_cache_hits_total").ShouldBe(7);
        found.Sum("goka_partitions").ShouldBe(Partitions);
        found.Sum("goka_partitions", "goka_state=\"running\"").ShouldBe(Partitions);
        found.Sum("goka_processor_state", "goka_state=\"running\"").ShouldBe(1);
        found.Sum("goka_rebalances_total", "goka_rebalance=\"assigned\"").ShouldBe(1);
        found.Sum("goka_queue_records").ShouldBe(0);
        found.Sum("goka_watermark_age_seconds").ShouldBe(0);
        found.Sum("goka_poll_age_seconds")!.Value.ShouldBeGreaterThanOrEqualTo(0);
        found.Sum("goka_troubles").ShouldBe(0);
        found.Families["messaging_client_consumed_messages_total"].Type.ShouldBe("counter");
        found.Families["goka_lag"].Type.ShouldBe("gauge");
    }

    [Fact]
    public async Task Batches_must_be_timed_once_each_until_they_are_acknowledged()
    {
        var processor = Observed().Process(Counting());
        await processor.Ready.WaitAsync(Patience);
        for (var i = 0; i < 3; i++)
        {
            SendTo(2, "k", "");
            AwaitCommitted();
        }

        var found = _meters.Collect();
        found.Families["messaging_process_duration_seconds"].Type.ShouldBe("histogram");
        var labels = $"messaging_consumer_group_name=\"{Group}\",messaging_destination_name=\"in\"";
        found.Samples[$"messaging_process_duration_seconds_count{{{labels},messaging_operation_name=\"process\",messaging_system=\"kafka\"}}"].ShouldBe(3);
        found.Samples[$"goka_acknowledgement_duration_seconds_count{{{labels}}}"].ShouldBe(3);
        found.Samples[$"goka_acknowledgement_duration_seconds_sum{{{labels}}}"].ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Lag_and_the_age_of_the_watermark_must_grow_while_nothing_is_acknowledged()
    {
        var processor = Observed().Process(Counting());
        await processor.Ready.WaitAsync(Patience);
        using (Kafka.HoldAcks(Table))
        {
            Send("alice", "alice", "alice");
            Eventually(() => _meters.Collect().Sum("goka_lag").ShouldBe(3));
            var first = _meters.Collect().Sum("goka_watermark_age_seconds")!.Value;
            first.ShouldBeGreaterThan(0);
            Eventually(() => _meters.Collect().Sum("goka_watermark_age_seconds")!.Value.ShouldBeGreaterThan(first));
        }

        Eventually(() => _meters.Collect().Sum("goka_lag").ShouldBe(0));
        _meters.Collect().Sum("goka_watermark_age_seconds").ShouldBe(0);
    }

    [Fact]
    public async Task Records_that_wait_for_a_callback_must_be_counted_as_queued()
    {
        using var gate = new ManualResetEventSlim();
        var began = new TaskCompletionSource();
        var processor = Observed().Process(GroupGraph.Define(Group, g => g.Input("in", Codec.String, (_, _) =>
        {
            began.TrySetResult();
            gate.Wait(Patience).ShouldBeTrue();
        })));
        await processor.Ready.WaitAsync(Patience);
        for (var i = 0; i < 5; i++)
            SendTo(0, "k", "1234");
        await began.Task.WaitAsync(Patience);
        try
        {
            Eventually(() => _meters.Collect().Sum("goka_queue_records").ShouldBe(5));
            _meters.Collect().Sum("goka_queue_size_bytes").ShouldBe(5 * 5);
        }
        finally
        {
            gate.Set();
        }

        AwaitCommitted();
        Eventually(() => _meters.Collect().Sum("goka_queue_records").ShouldBe(0));
    }

    [Fact]
    public async Task A_restore_must_be_told_by_its_records()
    {
        Kafka.CreateTable(Table, Partitions);
        for (var i = 0; i < 11; i++)
            Kafka.Append(Table, 2, $"k{i}", "1");
        var goka = Observed();
        await goka.Process(Counting()).Ready.WaitAsync(Patience);
        await using var view = goka.View(Table, Codec.Int64);
        await view.Ready.WaitAsync(Patience);

        var found = _meters.Collect();
        var group = $"messaging_consumer_group_name=\"{Group}\"";
        (found.Sum("goka_restore_records", group), found.Sum("goka_restore_records")).ShouldBe((11, 22), "the group's and the view's");
        found.Sum("goka_restore_remaining").ShouldBe(0);
        found.Sum("goka_view_state", "goka_state=\"running\"", $"messaging_destination_name=\"{Table}\"").ShouldBe(1);
        found.Sum("goka_table_offset", group, "messaging_destination_partition_id=\"2\"").ShouldBe(11);
    }

    [Fact]
    public async Task Failures_must_be_counted_by_what_became_of_them()
    {
        var failsOnce = 1;
        var processor = Observed().Process(GroupGraph.Define(Group, g => g
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
            })));
        foreach (var topic in new[] { "other", "third" })
            Kafka.CreateTopic(topic, Partitions);
        await processor.Ready.WaitAsync(Patience);
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
        names.Select(n => found.Sum($"goka_{n}_total", "goka_partition=\"1\"")).ShouldBe([2, 1, 4, 1]);
        names.Select(n => found.Sum($"goka_{n}_total", "goka_partition=\"0\"")).ShouldBe([0, 0, 0, 0]);
        found.Sum("messaging_client_sent_messages_total", $"messaging_destination_name=\"{Group}-dlq\"").ShouldBe(2);
    }

    [Fact]
    public async Task Partitions_that_leave_must_be_gone_and_those_that_come_must_be_there()
    {
        var first = Observed().Process(Counting());
        await first.Ready.WaitAsync(Patience);
        _meters.Collect().Sum("goka_partitions").ShouldBe(Partitions);

        using var others = new OwnMeters();
        var second = Goka.Get(SecondSystem(), new GokaOptions { Kafka = Kafka, Storage = new KeptStorage(), Meters = others }).Process(Counting());
        Eventually(() => (Sum(_meters), Sum(others)).ShouldBe((2, 2)));
        Named(_meters).Intersect(Named(others)).ShouldBeEmpty();
        _meters.Collect().Sum("goka_rebalances_total", "goka_rebalance=\"revoked\"").ShouldBe(1);

        await first.Stop().WaitAsync(Patience);
        Eventually(() => Sum(others).ShouldBe(Partitions));
        var gone = _meters.Collect();
        gone.Samples.Keys.Where(s => s.Contains(Group, StringComparison.Ordinal) && !s.Contains("_duration_", StringComparison.Ordinal)).ShouldBeEmpty();
        await second.Stop().WaitAsync(Patience);

        static double Sum(OwnMeters meters) => meters.Collect().Sum("goka_partitions", "goka_state=\"running\"") ?? 0;
        static List<string> Named(OwnMeters meters) => [.. meters.Collect().Samples.Keys.Where(s => s.StartsWith("goka_processed_total", StringComparison.Ordinal))];
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
            found.Samples.Keys.Count(s => s.StartsWith("goka_processed_total{", StringComparison.Ordinal)).ShouldBe(2);
            found.Samples.Keys.Count(s => s.StartsWith("goka_table_offset{", StringComparison.Ordinal)).ShouldBe(4);
            Eventually(() => meters.Collect().Sum("goka_table_offset").ShouldBe(4, "each has all there is"));

            double? Partitions(string role, string state) => meters.Collect().Sum("goka_partitions", $"goka_role=\"{role}\"", $"goka_state=\"{state}\"");
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
        failed.Sum("goka_processor_state", "goka_state=\"failed\"").ShouldBe(1);
        failed.Sum("goka_partitions").ShouldBeNull();

        isBad = false;
        await goka.Process(graph).Ready.WaitAsync(Patience);
        var again = _meters.Collect();
        (again.Sum("goka_processor_state"), again.Sum("goka_processor_state", "goka_state=\"running\"")).ShouldBe((1, 1));
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
            return (found.Sum("messaging_client_sent_messages_total", "messaging_destination_name=\"out\""), found.Sum("goka_emitter_pending"));
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

    static double? Sample(PrometheusText found, string name, params string[] labels) =>
        found.Samples.Where(s => s.Key.StartsWith(name + "{", StringComparison.Ordinal) && labels.All(l => s.Key.Contains(l, StringComparison.Ordinal)))
            .Select(s => (double?)s.Value).SingleOrDefault();
}
