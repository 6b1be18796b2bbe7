namespace GokaAkka.Specs.GokaMap;

/// <summary>How processors, views and emitters use the cluster: names, bounds, outages, the settings of the native client.</summary>
public sealed class ClientSpec(ITestOutputHelper output)
    : MapSpec(output, "goka.processor { queued-records = 10, poll-records = 5 }")
{
    [Fact]
    public async Task A_member_must_be_known_by_the_prefix_and_its_group()
    {
        await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, (_, _) => { })));
        var other = await OtherNode("shop").Process(GroupGraph.Define("h", g => g.Input("in", Codec.String, (_, _) => { }))).Running();

        Kafka.Members("g").Single().ClientId.ShouldBe("goka-g");
        Kafka.Members("h").Single().ClientId.ShouldBe("shop-h");
    }

    [Fact]
    public async Task Every_client_must_be_known_by_the_prefix_and_what_it_is_for()
    {
        Kafka.CreateTopic("in");
        Kafka.CreateTable("t");
        var names = new NamedClients(Kafka);
        var goka = OtherNode("goka", Storage, kafka: names);
        await goka.Process(GroupGraph.Define("g", g => g.Input("in", Codec.String, (_, _) => { }).Lookup("t", Codec.String))).Ready.WaitAsync(Patience);
        await goka.View("t", Codec.String).Ready.WaitAsync(Patience);
        await goka.Emitter("in", Codec.String).Emit("k", "v").WaitAsync(Patience);

        names.All.Distinct().Order().ShouldBe(["goka-emitter-in", "goka-g", "goka-g-table", "goka-view-t"]);
    }

    [Fact]
    public async Task A_closed_emitter_must_make_no_producer_in_place_of_one_that_has_failed()
    {
        Kafka.CreateTopic("closed");
        Kafka.CreateTopic("open");
        var (names, time) = (new NamedClients(Kafka), new ManualTime());
        var goka = Goka.Get(AnotherSystem("named", "akka.loglevel = WARNING"), new GokaOptions { Kafka = names, Time = time });
        var (closed, open) = (goka.Emitter("closed", Codec.String), goka.Emitter("open", Codec.String));
        foreach (var emitter in (Emitter<string>[])[closed, open])
        {
            Kafka.FailSends(emitter.Topic, new KafkaFault("Local_Fatal", "made to fail", FaultKind.Fatal));
            await Should.ThrowAsync<KafkaFaultException>(emitter.Emit("k", "lost").WaitAsync(Patience));
            AwaitCondition(() => goka.Health.Ready().Reason?.Contains($"emitter {emitter.Topic}") == true, Patience);
            if (emitter == closed)
                await emitter.DisposeAsync().AsTask().WaitAsync(Patience);
        }

        AwaitAssert(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                names.All.Count(static n => n == "goka-emitter-open").ShouldBe(2);
            },
            Patience);
        names.All.Count(static n => n == "goka-emitter-closed").ShouldBe(1);
    }

    [Fact]
    public async Task Topics_that_are_missing_must_not_be_made_where_that_is_off()
    {
        using var broker = EmbeddedBroker.Start();
        var system = AnotherSystem(
            "ensuring", $"goka.kafka {{ bootstrap-servers = \"{broker.BootstrapServers}\", embedded-control = \"{broker.ControlAddress}\", create-topics = off }}");
        using var topics = Goka.Get(system).CreateTopicManager();
        foreach (var ensure in (Func<Task>[])[() => topics.EnsureTable("t", 1), () => topics.EnsureStream("t", 1)])
        {
            (await Should.ThrowAsync<TopicMismatchException>(ensure)).Message
                .ShouldStartWith("Topic 't' does not exist, and goka.kafka.create-topics is off.");
        }

        broker.Topics.Keys.ShouldNotContain("t");
    }

    [Fact]
    public async Task A_partition_must_take_no_more_records_than_it_may_have_waiting()
    {
        var goOn = new TaskCompletionSource();
        var seen = new List<string>();
        var processor = await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, async (_, value) =>
        {
            await goOn.Task;
            seen.Add(value);
        })));
        for (var i = 0; i < 500; i++)
            Kafka.Append("in", 0, "k", $"{i}");
        var input = processor.Partitions[0].Inputs.Single();
        Await(() => input.Records >= 10, "the first records are taken");
        await Proceed();

        input.Records.ShouldBeLessThanOrEqualTo(15);
        goOn.SetResult();

        AwaitCommitted("g", "in", 0, 500);
        seen.ShouldBe(Enumerable.Range(0, 500).Select(i => $"{i}"));
    }

    [Fact]
    public async Task A_partition_must_handle_one_record_at_a_time_in_the_order_of_its_topic_while_others_work_too()
    {
        Kafka.CreateTopic("in", 2);
        var atWork = new int[2];
        var most = 0;
        var bothAtWork = new TaskCompletionSource();
        var seen = new List<string>[] { [], [] };
        await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, async (ctx, value) =>
        {
            var now = Interlocked.Increment(ref atWork[ctx.Partition]);
            InterlockedMax(ref most, now);
            // Each partition's first callback goes on only when the other's has begun.
            if (Volatile.Read(ref atWork[1 - ctx.Partition]) > 0)
                bothAtWork.TrySetResult();
            await bothAtWork.Task;
            seen[ctx.Partition].Add(value);
            Interlocked.Decrement(ref atWork[ctx.Partition]);
        })));
        for (var i = 0; i < 20; i++)
        {
            Kafka.Append("in", 0, "k", $"{i}");
            Kafka.Append("in", 1, "k", $"{i}");
        }

        AwaitCommitted("g", "in", 0, 20);
        AwaitCommitted("g", "in", 1, 20);
        most.ShouldBe(1);
        seen[0].ShouldBe(Enumerable.Range(0, 20).Select(i => $"{i}"));
        seen[1].ShouldBe(seen[0]);
    }

    [Fact]
    public async Task An_input_that_asks_for_it_must_call_back_for_other_keys_at_once_and_commit_in_order()
    {
        var goOn = new TaskCompletionSource();
        await Running(GroupGraph.Define("g", g => g
            .Input(
                "in", Codec.String, async (ctx, value) =>
                {
                    if (ctx.Key == "slow")
                        await goOn.Task;
                    ctx.Emit("out", ctx.Key, value);
                },
                new InputOptions { Concurrency = 2 })
            .Output("out", Codec.String)));
        Kafka.Append("in", 0, "slow", "1");
        Kafka.Append("in", 0, "quick", "2");
        Kafka.Append("in", 0, "slow", "3");

        AwaitRecords("out", 1).Single().Text.ShouldBe("2");
        Committed("g", "in").ShouldBe(0);
        goOn.SetResult();

        AwaitRecords("out", 3).Select(r => r.Text).ShouldBe(["2", "1", "3"]);
        AwaitCommitted("g", "in", 0, 3);
    }

    [Fact]
    public async Task Nothing_must_be_processed_in_a_partition_before_its_tables_are_restored()
    {
        Kafka.CreateTopic("in");
        Kafka.CreateTopic("out");
        Kafka.CreateTable("g-table");
        Kafka.Append("in", 0, "k2999", "v");
        for (var i = 0; i < 3000; i++)
            Kafka.Append("g-table", 0, $"k{i}", "1");
        await Running(GroupGraph.Define<long>("g", g => g
            .Input("in", Codec.String, (ctx, _) => ctx.Emit("out", ctx.Key, ctx.Value))
            .Output("out", Codec.Int64)
            .Persist(Codec.Int64)));
        AwaitRecords("out", 1)[0].Text.ShouldBe("1");
    }

    [Fact]
    public async Task A_view_must_go_on_serving_through_an_outage_and_follow_again_after_it()
    {
        Kafka.CreateTable("t");
        Kafka.Append("t", 0, "k", "before");
        await using var view = await Goka.View("t", Codec.String).Running();

        Kafka.TakeDown();
        view.Get("k").ShouldBe("before");
        Kafka.BringUp();

        await view.WaitFor(0, Kafka.Append("t", 0, "k", "after")).WaitAsync(Patience);
        view.Get("k").ShouldBe("after");
    }

    [Fact]
    public async Task A_view_must_say_that_it_is_reconnecting_and_serve_on_while_the_brokers_are_away_and_say_when_they_are_back()
    {
        Kafka.CreateTable("t", 10);
        Kafka.Append("t", 6, "a", "before");
        await using var view = await Goka.View("t", Codec.String).Running();

        // Nobody writes to the table: nothing but a question tells whether the brokers are there.
        for (var outage = 0; outage < 2; outage++)
        {
            Kafka.TakeDown();
            await view.WaitForState(ViewState.Reconnecting).WaitAsync(Patience);
            (view.Get("a"), view.Has("b")).ShouldBe(("before", false));
            using var all = view.Iterate();
            all.Next().ShouldBeTrue();
            Kafka.BringUp();
            await view.WaitForState(ViewState.Running).WaitAsync(Patience);
        }

        view.Done.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_view_must_not_say_that_it_is_running_again_before_it_has_what_was_written_while_the_brokers_were_away()
    {
        const int Written = 2000;
        Kafka.CreateTable("t");
        await using var view = await Goka.View("t", Codec.String).Running();
        var when = new ConcurrentQueue<(ViewState State, long Offset)>();
        view.StateChanged += state => when.Enqueue((state, view.Partitions[0].TableOffset));
        Kafka.TakeDown();
        await view.WaitForState(ViewState.Reconnecting).WaitAsync(Patience);
        for (var i = 0; i < Written; i++)
            Kafka.Append("t", 0, $"k{i}", "v");

        Kafka.BringUp();

        await view.WaitForState(ViewState.Running).WaitAsync(Patience);
        var (state, offset) = when.Last(w => w.State == ViewState.Running);
        offset.ShouldBe(Written, string.Join(", ", when));
    }

    [Fact]
    public async Task A_producer_must_be_there_for_programs_of_their_own()
    {
        Kafka.CreateTopic("t");
        var delivered = new Delivered();
        using var producer = Goka.Kafka.CreateProducer(new ProducerOptions("mine"));
        producer.Send("t", 0, "k"u8, "v"u8, false, Header("a", "b"), 1000, delivered, 7);
        producer.Flush(Patience).ShouldBeTrue();

        (await delivered.Task.WaitAsync(Patience)).ShouldBe((7, 0L));
        var record = Kafka.Read("t").Single();
        (record.Text, record.Timestamp, record.Headers.ToString()).ShouldBe(("v", 1000L, "a=b"));
    }

    /// <summary>Notes under which names clients are made.</summary>
    sealed class NamedClients(IKafkaClient inner) : ForwardingClient(inner)
    {
        public ConcurrentQueue<string> All { get; } = new();

        protected override T Make<T>(string name, Func<T> make)
        {
            if (name.Length > 0)
                All.Enqueue(name);
            return make();
        }
    }

    static void InterlockedMax(ref int most, int now)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < now && Interlocked.CompareExchange(ref most, now, seen) != seen)
        {
            // Somebody else was faster; look again.
        }
    }

    sealed class Delivered : TaskCompletionSource<(int Token, long Offset)>, IDeliveryListener
    {
        void IDeliveryListener.Delivered(int token, long offset, KafkaFault? fault) => TrySetResult((token, offset));
    }
}
