using GokaAkka.Telemetry;
using GokaAkka.Tracing;

namespace GokaAkka.Specs.Telemetry;

/// <summary>Traces go through processors. Listeners hear every node of the process, so each test looks at groups of its own.</summary>
[Collection(nameof(AloneCollection))]
public sealed class TracingSpec(ITestOutputHelper output) : GokaSpec(output)
{
    readonly ActivitySource _app = new("app");
    readonly ConcurrentQueue<Activity> _spans = new();
    readonly string _name = $"traced{Guid.NewGuid():N}"[..14];

    [Fact]
    public async Task A_trace_must_go_on_through_two_processors_with_each_callback_a_child_of_what_sent_its_record()
    {
        using var listening = Listen();
        var goka = Traced("record");
        await Start(goka, Hop("in", "second", "a"), Hop("second", "third", "b"));
        await using var emitter = goka.Emitter("in", Codec.String);
        Activity root;
        using (root = _app.StartActivity("order")!)
            await emitter.Emit("k", "v").WaitAsync(Patience);

        var first = Await("process in", s => GroupOf(s) == G("a") && Batch(s) is null);
        var second = Await("process second", s => GroupOf(s) == G("b") && Batch(s) is null);

        (first.TraceId, first.ParentSpanId).ShouldBe((root.TraceId, root.SpanId));
        (second.TraceId, second.ParentSpanId).ShouldBe((root.TraceId, first.SpanId));
        (first.HasRemoteParent, first.Kind).ShouldBe((true, ActivityKind.Consumer));
        // What the last one has written tells where it comes from; so does the table.
        Read(Kafka.Read("third").Single()).ShouldBe(second.Context);
        Read(Kafka.Read($"{G("a")}-table").Single()).ShouldBe(first.Context);
        var batch = Await("process in", s => GroupOf(s) == G("a") && Batch(s) is not null);
        first.Links.Single().Context.SpanId.ShouldBe(batch.SpanId);
        first.GetTagItem("messaging.kafka.offset").ShouldBe(0L);
        first.GetTagItem("messaging.destination.partition.id").ShouldBe($"{PartitionOf("k")}");
    }

    [Fact]
    public async Task A_batch_must_be_one_span_that_links_what_its_records_were_sent_by_and_their_traces_must_go_on()
    {
        using var listening = Listen();
        var goka = Traced("batch");
        Kafka.CreateTopic("second", Partitions);
        // One batch: all is there before the processor.
        var contexts = new List<ActivityContext>();
        for (var i = 0; i < 3; i++)
        {
            using var sent = _app.StartActivity($"order {i}")!;
            contexts.Add(sent.Context);
            Kafka.Append("in", 1, "k", $"{i}", TraceHeaders.With(null, sent));
        }

        Kafka.Append("in", 1, "k", "no trace");
        await Start(goka, Hop("in", "second", "a"));

        var batch = Await("process in", s => GroupOf(s) == G("a") && s.GetTagItem("messaging.destination.partition.id") as string == "1");
        batch.GetTagItem("messaging.batch.message_count").ShouldBe(4);
        batch.ParentSpanId.ShouldBe(default);
        batch.Links.Select(l => (l.Context.TraceId, l.Context.SpanId)).ShouldBe(contexts.Select(c => (c.TraceId, c.SpanId)));
        Eventually(() => Kafka.Read("second").Count.ShouldBe(4));
        var sentOn = Kafka.Read("second").OrderBy(r => r.Offset).Select(r => Read(r)).Select(c => (c.TraceId, c.SpanId)).ToList();
        // Each goes on where it came from; what has no trace goes on with the batch.
        sentOn.ShouldBe([.. contexts.Select(c => (c.TraceId, c.SpanId)), (batch.TraceId, batch.SpanId)]);
    }

    [Fact]
    public async Task What_a_callback_does_must_be_part_of_the_batchs_span()
    {
        using var listening = Listen();
        var current = new ConcurrentQueue<ActivitySpanId?>();
        await Start(Traced("batch"), GroupGraph.Define(G("a"), g => g.Input("in", Codec.String, async (_, _) =>
        {
            current.Enqueue(Activity.Current?.SpanId);
            await Task.Yield();
            current.Enqueue(Activity.Current?.SpanId);
        })));
        SendTo(0, "k", "v");
        AwaitCommitted(G("a"));

        var batch = Await("process in", s => GroupOf(s) == G("a"));
        current.ShouldBe([batch.SpanId, batch.SpanId]);
        batch.Status.ShouldBe(ActivityStatusCode.Unset);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Failures_must_be_told_in_the_spans_of_their_records_and_batch(int concurrency)
    {
        using var listening = Listen();
        await Start(Traced("record"), GroupGraph.Define(G("a"), g => g.Input("in", Codec.String, async (_, value) =>
        {
            await Task.Yield();
            if (value == "bad")
                throw new InvalidOperationException("a bad record");
        }, new InputOptions { Errors = ErrorPolicy.Skip, Concurrency = concurrency })));
        SendTo(0, "k", "good");
        SendTo(0, "l", "bad");
        AwaitCommitted(G("a"));

        var bad = Await("process in", s => GroupOf(s) == G("a") && Batch(s) is null && s.GetTagItem("messaging.kafka.offset") is 1L);
        (bad.Status, bad.StatusDescription).ShouldBe((ActivityStatusCode.Error, "a bad record"));
        bad.Events.Single().Name.ShouldBe("exception");
        var good = Await("process in", s => GroupOf(s) == G("a") && Batch(s) is null && s.GetTagItem("messaging.kafka.offset") is 0L);
        good.Status.ShouldBe(ActivityStatusCode.Unset);
        Eventually(() => _spans.Where(s => GroupOf(s) == G("a") && Batch(s) is not null).Sum(s => s.Events.Count()).ShouldBe(1));
    }

    [Fact]
    public async Task Where_nobody_listens_nothing_must_be_added_to_records()
    {
        var goka = Traced("record");
        await Start(goka, Hop("in", "second", "a"));
        Kafka.Append("in", 0, "k", "v", Traceparent());
        AwaitCommitted(G("a"));

        Kafka.Read("second").Single().Headers.ShouldBeEmpty();
    }

    [Fact]
    public async Task Contexts_must_be_carried_on_without_a_listener_when_the_setting_says_so()
    {
        var goka = Traced("carry");
        await Start(goka, GroupGraph.Define<string>(G("a"), g => g
            .Input("in", Codec.String, (ctx, value) => ctx.Loopback("l", value))
            .Loop(Codec.String, (ctx, value) => ctx.SetValue(value))
            .Persist(Codec.String)));
        Kafka.Append("in", 0, "k", "v", Traceparent());
        Eventually(() => Kafka.Read($"{G("a")}-table").Count.ShouldBe(1));

        foreach (var topic in new[] { $"{G("a")}-loop", $"{G("a")}-table" })
        {
            var headers = Kafka.Read(topic).Single().Headers;
            headers.GetString(TraceHeaders.Parent).ShouldBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            headers.GetString(TraceHeaders.State).ShouldBe("congo=t61rcWkgMzE");
        }
    }

    [Fact]
    public async Task What_is_turned_off_must_leave_headers_as_they_are()
    {
        using var listening = Listen();
        var goka = Traced("off");
        await Start(goka, Hop("in", "second", "a"));
        await using var emitter = goka.Emitter("in", Codec.String);
        using (_app.StartActivity("order"))
            await emitter.Emit("k", "v").WaitAsync(Patience);
        AwaitCommitted(G("a"));

        Kafka.Read("in").Single().Headers.ShouldBeEmpty();
        Kafka.Read("second").Single().Headers.ShouldBeEmpty();
        _spans.ShouldNotContain(s => GroupOf(s) == G("a"));
    }

    [Fact]
    public async Task Links_of_a_batch_must_be_bounded_and_headers_that_are_no_context_passed_over()
    {
        using var listening = Listen();
        for (var i = 0; i < Spans.MostLinks + 20; i++)
        {
            using var sent = _app.StartActivity("order")!;
            Kafka.Append("in", 0, "k", "v", TraceHeaders.With(null, sent));
            Kafka.Append("in", 0, "k", "v", Headers.Of(TraceHeaders.Parent, "nonsense"));
        }

        await Start(Traced("batch"), Hop("in", "second", "a"));
        AwaitCommitted(G("a"));

        Await("process in", s => GroupOf(s) == G("a") && s.Links.Any()).Links.Count().ShouldBe(Spans.MostLinks);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _app.Dispose();
    }

    string G(string name) => $"{_name}-{name}";

    GroupGraph<string> Hop(string from, string to, string group) => GroupGraph.Define<string>(G(group), g => g
        .Input(from, Codec.String, (ctx, value) =>
        {
            ctx.SetValue(value);
            ctx.Emit(to, ctx.Key, value);
        })
        .Output(to, Codec.String)
        .Persist(Codec.String));

    Goka Traced(string mode) => GokaIn(SecondSystem($"goka.tracing = {mode}"), Storage);

    async Task Start(Goka goka, params GroupGraph[] graphs)
    {
        foreach (var graph in graphs)
        {
            foreach (var topic in graph.InputStreams.Concat(graph.OutputStreams).Where(t => Kafka.Topic(t) is null))
                Kafka.CreateTopic(topic, Partitions);
            var processor = graph is GroupGraph<string> stateful ? goka.Process(stateful) : (Processor)goka.Process((GroupGraph<Stateless>)graph);
            await processor.Ready.WaitAsync(Patience);
        }
    }

    ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source == _app || source.Name == GokaTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    Activity Await(string name, Func<Activity, bool> isWanted)
    {
        Activity? found = null;
        Eventually(() => (found = _spans.FirstOrDefault(s => s.DisplayName == name && isWanted(s))).ShouldNotBeNull($"{name} among {string.Join(", ", _spans.Select(s => s.DisplayName))}"));
        return found!;
    }

    static string? GroupOf(Activity span) => span.GetTagItem("messaging.consumer.group.name") as string;

    static object? Batch(Activity span) => span.GetTagItem("messaging.batch.message_count");

    static ActivityContext Read(KafkaRecord record)
    {
        TraceHeaders.TryRead(record.Headers, out var context).ShouldBeTrue($"{record} has {record.Headers}");
        return new ActivityContext(context.TraceId, context.SpanId, context.TraceFlags, context.TraceState);
    }

    static Headers Traceparent() => Headers.Of(
        new Header(TraceHeaders.Parent, Encoding.ASCII.GetBytes("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")),
        new Header(TraceHeaders.State, Encoding.ASCII.GetBytes("congo=t61rcWkgMzE")));
}
