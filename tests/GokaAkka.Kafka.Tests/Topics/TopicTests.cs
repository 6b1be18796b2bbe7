using GokaAkka.Integration.Tests.Restore;
using GokaAkka.Storage.LiteDb;

namespace GokaAkka.RealKafka.Topics;

/// <summary>Topics that processors make, refuse and miss, by the brokers' own account.</summary>
public sealed class TopicTests : IDisposable
{
    const int Partitions = 3;

    readonly string _group = KafkaClientContract.Unique("topics");
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("goka-topics-");

    string In => _group + "-in";

    string Table => _group + "-table";

    GroupGraph<long> Graph => GroupGraph.Define<long>(_group, g => g.Input(In, Codec.Int64, static (ctx, n) => ctx.SetValue(ctx.Value + n)).Persist(Codec.Int64));

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Missing_topics_of_a_group_must_be_made_with_its_partitions_and_their_cleanup_and_retention()
    {
        await using var node = KafkaNodes.Start(hocon: "goka.kafka { replication-factor = 1, loop-retention = 2h }\ngoka.processor.on-error = dead-letter");
        await Make(new TopicSpec(In, Partitions));

        var graph = GroupGraph.Define<long>(_group, g => g.Input(In, Codec.Int64, static (_, _) => { }).Loop(Codec.Int64, static (_, _) => { }).Persist(Codec.Int64));
        await node.Goka.Process(graph).Ready.WaitAsync(Node.Patience);

        using var topics = node.Goka.CreateTopicManager();
        var found = await topics.Describe([Table, _group + "-loop", _group + "-dlq"]);
        found.Values.ShouldAllBe(t => t.Partitions == Partitions && t.Replicas == 1);
        found.ToDictionary(t => t.Key[(_group.Length + 1)..], t => Setting(t.Value, "cleanup.policy")).ShouldBe(
            new Dictionary<string, string?> { ["table"] = "compact", ["loop"] = "delete", ["dlq"] = "delete" }, ignoreOrder: true);
        Setting(found[_group + "-loop"], "retention.ms").ShouldBe($"{TimeSpan.FromHours(2).TotalMilliseconds:0}");
        Setting(found[_group + "-dlq"], "retention.ms").ShouldBe($"{TimeSpan.FromDays(30).TotalMilliseconds:0}");
    }

    [Fact]
    public async Task Topics_that_are_not_as_they_must_be_must_keep_a_processor_from_starting_and_all_be_named()
    {
        await Make(new TopicSpec(In, Partitions));
        await Make(new TopicSpec(Table, 1, Settings: new Dictionary<string, string> { ["cleanup.policy"] = "delete" }));
        await using var node = KafkaNodes.Start();

        var refused = await Should.ThrowAsync<StartupException>(() => node.Goka.Process(Graph).Ready.WaitAsync(Node.Patience));

        refused.Message.ShouldContain($"Topic '{Table}' has 1 partitions, expected {Partitions}.");
        refused.Message.ShouldContain($"Topic '{Table}' has cleanup.policy=delete, expected compact.");
    }

    [Fact]
    public async Task A_topic_that_the_brokers_do_not_make_must_be_named_with_their_reason()
    {
        await Make(new TopicSpec(In, Partitions));
        // Of a cluster that starts, brokers may be still to come.
        await using var node = KafkaNodes.Start(hocon: "goka { start-timeout = 1s, kafka.replication-factor = 1000 }");

        var refused = await Should.ThrowAsync<StartupException>(() => node.Goka.Process(Graph).Ready.WaitAsync(Node.Patience));

        refused.Message.ShouldContain($"Topic '{Table}' could not be made on {KafkaRun.Bootstrap}");
        refused.Message.ShouldContain("eplication");
    }

    [Fact]
    public async Task Batches_must_be_as_small_as_their_topics_take_and_a_record_that_is_larger_be_refused_with_both_sizes()
    {
        const int Limit = 32 * 1024;
        await Make(new TopicSpec(In, 1));
        await Make(new TopicSpec(Table, 1, Settings: new Dictionary<string, string> { ["cleanup.policy"] = "compact", ["max.message.bytes"] = $"{Limit}" }));
        await using var node = KafkaNodes.Start();
        var processor = node.Goka.Process(GroupGraph.Define<string>(_group, g => g
            .Input(In, Codec.String, static (ctx, text) => ctx.SetValue(text), new InputOptions { Errors = ErrorPolicy.Skip })
            .Persist(Codec.String)));
        await processor.Ready.WaitAsync(Node.Patience);
        await using var emitter = node.Goka.Emitter(In, Codec.String);

        // Together they are far more than a batch may have.
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => emitter.Emit($"{i}", new string('x', 1000)))).WaitAsync(Node.Patience);
        await emitter.Emit("large", new string('x', Limit)).WaitAsync(Node.Patience);
        await emitter.Emit("last", "x").WaitAsync(Node.Patience);

        await Integration.Tests.Samples.Eventually.Holds(() => processor.Partitions[0].Inputs[0].DoneOffset == 502, () => $"{processor.Partitions[0].Inputs[0].DoneOffset} are done");
        (processor.Partitions[0].Skipped, processor.Partitions[0].Restarts).ShouldBe((1, 0));
        processor.Partitions[0].LastError!.Message.ShouldContain($"it has {Limit + "large".Length} bytes of key and value, and the topic takes {Limit} a batch");
        processor.Local().Count().ShouldBe(501);
    }

    [Fact]
    public async Task An_input_that_grows_must_end_a_processor_that_has_begun_with_fewer_partitions_and_say_what_to_do()
    {
        await Make(new TopicSpec(In, Partitions));
        await using var node = KafkaNodes.Start(hocon: "goka.kafka.consumer.topic.metadata.refresh.interval.ms = 300");
        var processor = node.Goka.Process(Graph);
        await processor.Ready.WaitAsync(Node.Patience);

        using (var admin = Clients.Admin(KafkaRun.Bootstrap))
            await admin.CreatePartitionsAsync([new Confluent.Kafka.Admin.PartitionsSpecification { Topic = In, IncreaseTo = Partitions + 1 }]);

        var ended = await Should.ThrowAsync<Exception>(() => processor.Done.WaitAsync(Node.Patience));
        ended.Message.ShouldContain($"was given partition {Partitions} of {In}, which had {Partitions} partitions when the processor started. Give all");
        processor.State.ShouldBe(ProcessorState.Failed);
    }

    [Fact]
    public async Task An_input_that_is_deleted_must_be_named_and_read_from_its_beginning_when_it_is_created_again()
    {
        await Make(new TopicSpec(In, 1));
        await using var node = KafkaNodes.Start(hocon: "goka.processor.lag-interval = 200ms\ngoka.kafka.consumer.topic.metadata.refresh.interval.ms = 300");
        var processor = node.Goka.Process(Graph);
        await processor.Ready.WaitAsync(Node.Patience);
        await Emit("old", 10);
        await Integration.Tests.Samples.Eventually.Holds(() => processor.Partitions[0].Inputs[0].DoneOffset == 10, () => $"{processor.Partitions[0].Inputs[0].DoneOffset} are done");

        using (var admin = Clients.Admin(KafkaRun.Bootstrap))
            await admin.DeleteTopicsAsync([In]);
        await Integration.Tests.Samples.Eventually.Holds(
            () => processor.Troubles.Any(t => t.What == $"the input '{In}'" && t.Reason.Contains("does not exist any more")), () => string.Join("; ", processor.Troubles));
        await Make(new TopicSpec(In, 1));
        await Emit("new", 20);

        await Integration.Tests.Samples.Eventually.Holds(
            () => processor.Local().Count(static e => e.Key.ToString().StartsWith("new", StringComparison.Ordinal)) == 20 && processor.Troubles.Count == 0,
            () => $"{processor.Local().Count()} keys, {string.Join("; ", processor.Troubles)}");

        async Task Emit(string what, int count)
        {
            await using var emitter = node.Goka.Emitter(In, Codec.Int64);
            await Task.WhenAll(Enumerable.Range(0, count).Select(i => emitter.Emit($"{what} {i}", 1))).WaitAsync(Node.Patience);
        }
    }

    [Fact]
    public async Task A_table_whose_topic_was_made_anew_must_not_be_served_from_the_old_store()
    {
        await Make(new TopicSpec(In, 1));
        await Count("old", 1);
        using (var admin = Clients.Admin(KafkaRun.Bootstrap))
            await admin.DeleteTopicsAsync([Table]);

        var log = await Count("new", 1);

        log.ShouldContain(l => l.Contains("is emptied and restored") && l.Contains("the topic was recreated or truncated"));
    }

    /// <summary>Adds to a key on a durable store, and expects the table to have nothing else.</summary>
    async Task<IReadOnlyCollection<string>> Count(string key, long n)
    {
        await using var node = KafkaNodes.Start(new LiteDbStorageProvider(_directory.FullName));
        var processor = node.Goka.Process(Graph);
        await processor.Ready.WaitAsync(Node.Patience);
        await using (var emitter = node.Goka.Emitter(In, Codec.Int64))
            await emitter.Emit(key, n).WaitAsync(Node.Patience);
        await Integration.Tests.Samples.Eventually.Holds(() => processor.Local().Any(e => e.Key == key), () => $"{key} was never counted");
        processor.Local().Single().ShouldBe(new KeyValuePair<Records.Key, long>(key, n));
        return node.Log;
    }

    static async Task Make(TopicSpec topic)
    {
        await using var node = KafkaNodes.Start();
        using var topics = node.Goka.CreateTopicManager();
        await topics.Create(topic);
    }

    static string? Setting(TopicDescription topic, string name) => topic.Settings?.GetValueOrDefault(name);
}
