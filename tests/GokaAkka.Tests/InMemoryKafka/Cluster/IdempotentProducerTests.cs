namespace GokaAkka.Testing.Tests;

public sealed class IdempotentProducerTests
{
    static readonly TopicPartition Target = new("topic", 0);

    readonly KafkaCluster _cluster = new(new ManualTime());

    public IdempotentProducerTests() => _cluster.CreateTopic(new TopicSpec("topic", 1), out _).ShouldBe(ClusterError.None);

    [Fact]
    public void A_gap_in_the_sequence_must_be_refused()
    {
        var producer = _cluster.InitProducer();
        Send(producer, 0, "a");

        Send(producer, 2, "c").Error.ShouldBe(ClusterError.OutOfOrderSequenceNumber);

        Send(producer, 1, "b").ShouldBe((ClusterError.None, 1));
    }

    [Fact]
    public void Only_the_last_five_batches_must_be_remembered()
    {
        var producer = _cluster.InitProducer();
        for (var i = 0; i < 6; i++)
            Send(producer, i, $"{i}");

        Send(producer, 1, "1").ShouldBe((ClusterError.None, 1));
        Send(producer, 0, "0").Error.ShouldBe(ClusterError.OutOfOrderSequenceNumber);
    }

    [Fact]
    public void A_topic_or_partition_that_does_not_exist_must_be_refused()
    {
        var producer = _cluster.InitProducer();

        _cluster.Produce(producer, new TopicPartition("topic", 1), 0, [LogFixture.Record("k", "v")], false, out _)
            .ShouldBe(ClusterError.UnknownTopicOrPart);
        _cluster.Produce(producer, new TopicPartition("other", 0), 0, [LogFixture.Record("k", "v")], false, out _)
            .ShouldBe(ClusterError.UnknownTopicOrPart);
    }

    [Fact]
    public void A_compacted_topic_must_refuse_a_batch_with_a_record_without_key_as_a_whole()
    {
        _cluster.CreateTopic(new TopicSpec("table", 1, Settings: new Dictionary<string, string> { ["cleanup.policy"] = "compact" }), out _);
        NewRecord[] batch = [LogFixture.Record("k", "v"), LogFixture.Record(null, "v")];

        _cluster.Produce(_cluster.InitProducer(), new TopicPartition("table", 0), 0, batch, false, out _).ShouldBe(ClusterError.InvalidRecord);

        _cluster.Log(new TopicPartition("table", 0))!.HighWatermark.ShouldBe(0);
    }

    /// <summary>A network that loses answers and repeats requests, and a producer that sends again until it is answered.</summary>
    [Fact]
    public void Whatever_is_sent_again_must_be_in_the_log_once_and_in_order() => Seeds.Each(200, random =>
    {
        var cluster = new KafkaCluster(new ManualTime());
        cluster.CreateTopic(new TopicSpec("topic", 1), out _);
        var producers = Enumerable.Range(0, 3).Select(_ => (Identity: cluster.InitProducer(), Next: new int[1])).ToArray();
        for (var step = 0; step < 100; step++)
        {
            var (identity, next) = producers[random.Next(producers.Length)];
            NewRecord[] batch = [.. Enumerable.Range(next[0], random.Next(1, 4)).Select(n => LogFixture.Record($"{identity.Id}", $"{n}"))];
            long? first = null;
            do
            {
                cluster.Produce(identity, Target, next[0], batch, false, out var offset).ShouldBe(ClusterError.None);
                first ??= offset;
                offset.ShouldBe(first.Value);
            }
            while (random.Next(3) == 0);

            next[0] += batch.Length;
        }

        var log = cluster.Log(Target)!.ReadAll(0);
        foreach (var (identity, next) in producers)
            log.Where(r => r.Key() == $"{identity.Id}").Select(r => r.Text()).ShouldBe(Enumerable.Range(0, next[0]).Select(n => (string?)$"{n}"));
    });

    (ClusterError Error, long Offset) Send(ProducerIdentity producer, int sequence, params string[] values)
    {
        var error = _cluster.Produce(producer, Target, sequence, [.. values.Select(v => LogFixture.Record("k", v))], false, out var offset);
        return (error, offset);
    }
}
