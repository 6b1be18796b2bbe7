namespace GokaAkka.Specs.GokaMap;

/// <summary>What is asked of a group's topics before it starts, and what is made.</summary>
public sealed class StartupSpec(ITestOutputHelper output) : MapSpec(output)
{
    static GroupGraph<long> Graph => GroupGraph.Define<long>("g", g => g
        .Input("in", Codec.String, (_, _) => { })
        .Loop(Codec.String, (_, _) => { })
        .Persist(Codec.Int64));

    [Fact]
    public async Task Every_topic_that_is_missing_must_be_named_at_once()
    {
        var graph = GroupGraph.Define<long>("g", g => g
            .Input("in", Codec.String, (_, _) => { }).Output("out", Codec.String));
        var processor = Goka.Process(graph);

        var error = await Should.ThrowAsync<StartupException>(processor.Ready.WaitAsync(Patience));

        error.Problems.ShouldBe(["Topic 'in' does not exist; make it before 'g' starts.", "Topic 'out' does not exist; make it before 'g' starts."]);
        await Should.ThrowAsync<StartupException>(processor.Done.WaitAsync(Patience));
        processor.State.ShouldBe(ProcessorState.Failed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Groups_that_need_each_others_tables_must_start_whatever_the_order(bool joins)
    {
        Kafka.CreateTopic("in", 2);
        var first = Goka.Process(Needing("one", "two-table"));
        Await(() => first.Troubles.Any(t => t.Reason.Contains("Topic 'two-table' does not exist yet", StringComparison.Ordinal)), "it says what it waits for");

        var second = Goka.Process(Needing("two", "one-table"));

        await Task.WhenAll(first.Ready, second.Ready).WaitAsync(Patience);
        first.Troubles.ShouldBeEmpty();

        GroupGraph<string> Needing(string group, string table) => GroupGraph.Define<string>(group, g =>
        {
            g.Input("in", Codec.String, (_, _) => { }).Persist(Codec.String);
            _ = joins ? g.Join(table, Codec.String) : g.Lookup(table, Codec.String);
        });
    }

    [Fact]
    public async Task A_start_that_has_a_time_must_fail_with_what_it_waited_for_when_that_is_over()
    {
        Kafka.CreateTopic("in");
        var goka = OtherNode("impatient", hocon: "goka.start-timeout = 100ms");
        var graph = GroupGraph.Define("g", g => g.Input("in", Codec.String, (_, _) => { }).Join("joined", Codec.String));

        var error = await Should.ThrowAsync<StartupException>(goka.Process(graph).Ready.WaitAsync(Patience));

        error.Problems.ShouldHaveSingleItem().ShouldContain("Topic 'joined' does not exist yet");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Inputs_and_joins_with_different_partition_counts_must_be_refused_with_their_counts(bool joins)
    {
        Kafka.CreateTopic("in", 3);
        Kafka.CreateTable("other", 4);
        var graph = GroupGraph.Define("g", g =>
        {
            g.Input("in", Codec.String, (_, _) => { });
            _ = joins ? g.Join("other", Codec.String) : g.Input("other", Codec.String, (_, _) => { });
        });
        var error = await Should.ThrowAsync<StartupException>(Goka.Process(graph).Done.WaitAsync(Patience));
        error.Message.ShouldContain("are not co-partitioned: 'in' has 3 partitions, 'other' has 4 partitions");
    }

    [Fact]
    public async Task The_table_and_the_loop_must_be_made_with_the_partitions_of_the_inputs_and_the_brokers_replicas()
    {
        Kafka.CreateTopic("in", 3);
        await Running(Graph);
        var table = Kafka.Topic("g-table")!;
        var loop = Kafka.Topic("g-loop")!;
        (table.Partitions, table.Replicas, table.Settings!["cleanup.policy"]).ShouldBe((3, 1, "compact"));
        (loop.Partitions, loop.Replicas, loop.Settings!["cleanup.policy"]).ShouldBe((3, 1, "delete"));
        loop.Settings["retention.ms"].ShouldBe($"{7L * 24 * 60 * 60 * 1000}");
    }

    [Fact]
    public async Task A_group_table_with_another_partition_count_or_policy_must_be_refused()
    {
        Kafka.CreateTopic("in", 3);
        Kafka.CreateTopic("g-table", 2);
        var error = await Should.ThrowAsync<StartupException>(Goka.Process(Graph).Done.WaitAsync(Patience));
        error.Message.ShouldContain("'g-table' has 2 partitions, expected 3");
        error.Message.ShouldContain("'g-table' has cleanup.policy=delete, expected compact");
    }

    [Fact]
    public async Task Topics_must_be_ensured_described_and_asked_for_offsets_by_the_topic_manager()
    {
        using var topics = Goka.CreateTopicManager();
        await topics.EnsureTable("t", 2);
        await topics.EnsureStream("s", 3, TimeSpan.FromHours(1));
        await topics.EnsureTopic(new TopicSpec("x", 1));
        Kafka.Append("s", 1, "k", "v", timestamp: 1000);
        Kafka.Append("s", 1, "k", "v", timestamp: 3000);

        Kafka.Topic("t")!.Settings!["cleanup.policy"].ShouldBe("compact");
        Kafka.Topic("s")!.Settings!["retention.ms"].ShouldBe("3600000");
        (await topics.Describe(["t", "s", "nowhere"])).Select(d => $"{d.Key} {d.Value.Partitions}").Order().ShouldBe(["s 3", "t 2"]);
        (await topics.Offsets("s", 1)).ShouldBe(new OffsetRange(0, 2));
        (await topics.OffsetAt("s", 1, DateTimeOffset.FromUnixTimeMilliseconds(2000))).ShouldBe(1);
        (await topics.OffsetAt("s", 1, DateTimeOffset.FromUnixTimeMilliseconds(4000))).ShouldBe(2);
    }

    [Fact]
    public async Task A_topic_that_is_not_as_it_should_be_must_be_refused_or_told_as_the_policy_says()
    {
        Kafka.CreateTopic("t", 2);
        using var topics = Goka.CreateTopicManager();

        var error = await Should.ThrowAsync<TopicMismatchException>(topics.EnsureTable("t", 3, replicas: 2));
        var told = await topics.EnsureTable("t", 3, replicas: 2, MismatchPolicy.Warn);

        error.Mismatches.ShouldBe(told);
        told.Count.ShouldBe(3);
        error.Message.ShouldContain("2 partitions, expected 3");
        error.Message.ShouldContain("1 replicas, expected at least 2");
        error.Message.ShouldContain("cleanup.policy=delete, expected compact");
    }

    [Fact]
    public async Task Brokers_that_do_not_answer_must_be_named_and_waited_for()
    {
        Kafka.CreateTopic("in");
        Kafka.TakeDown();
        Sys.EventStream.Subscribe(TestActor, typeof(ProcessorEvent));
        var processor = Goka.Process(GroupGraph.Define("g", g => g.Input("in", Codec.String, (_, _) => { })));

        Await(() => processor.Troubles.Count > 0, "the trouble is told");
        processor.Troubles.ShouldHaveSingleItem().ShouldSatisfyAllConditions(t => t.What.ShouldBe("the start"), t => t.Reason.ShouldContain("in-memory cluster"));
        (processor.State, processor.Ready.IsCompleted, processor.Done.IsCompleted).ShouldBe((ProcessorState.Starting, false, false));
        ExpectMsg<ProcessorTroubled>(Patience).Trouble.Reason.ShouldContain("brokers");
        Kafka.BringUp();

        await processor.Ready.WaitAsync(Patience);
        processor.Troubles.ShouldBeEmpty();
        ExpectMsg<ProcessorRelieved>(Patience).Group.ShouldBe("g");
        Kafka.Append("in", 0, "k", "v");
        AwaitCommitted("g", "in", 0, 1);
    }
}

/// <summary>The same without the right to make topics.</summary>
public sealed class NoCreateSpec(ITestOutputHelper output) : MapSpec(output, "goka.kafka.create-topics = off")
{
    [Fact]
    public async Task A_missing_table_must_be_refused_where_topics_are_not_made()
    {
        Kafka.CreateTopic("in");
        var graph = GroupGraph.Define<long>("g", g => g.Input("in", Codec.String, (_, _) => { }).Persist(Codec.Int64));
        var error = await Should.ThrowAsync<StartupException>(Goka.Process(graph).Done.WaitAsync(Patience));
        error.Message.ShouldContain("'g-table' does not exist, and goka.kafka.create-topics is off");
        Kafka.Topic("g-table").ShouldBeNull();
    }
}

/// <summary>The same with a mismatch let pass.</summary>
public sealed class MismatchSpec(ITestOutputHelper output)
    : MapSpec(output, "goka.kafka { on-mismatch = warn, replication-factor = 2, loop-retention = 1h }")
{
    [Fact]
    public async Task A_mismatch_must_be_logged_and_passed_where_the_policy_is_to_warn()
    {
        Kafka.CreateTopic("in", 2);
        Kafka.CreateTopic("g-table", 2);
        var graph = GroupGraph.Define<long>("g", g => g
            .Input("in", Codec.String, (_, _) => { }).Loop(Codec.String, (_, _) => { }).Persist(Codec.Int64));

        await EventFilter.Warning(contains: "cleanup.policy=delete, expected compact").ExpectOneAsync(Patience, async () => await Running(graph));

        Kafka.Topic("g-loop")!.Replicas.ShouldBe(2);
        Kafka.Topic("g-loop")!.Settings!["retention.ms"].ShouldBe("3600000");
    }
}
