using Confluent.Kafka;
using GokaAkka.Integration.Tests.Contract;

namespace GokaAkka.StreamsKafka.Tests;

/// <summary>The table reader on Akka.Streams.Kafka where brokers, retention and listeners get in its way.</summary>
public sealed class StreamsTableReaderFaultTests : TableReaderFaultContract
{
    readonly StreamsNode _node = new();

    protected override EmbeddedBroker Broker => _node.Broker;

    protected override IKafkaClient Client => _node.Client;

    public override void Dispose()
    {
        base.Dispose();
        _node.Dispose();
    }

    [Fact]
    public void A_fault_that_does_not_pass_must_be_told_once_and_end_the_reading_until_the_partition_is_subscribed_to_again()
    {
        Produce(Topic, 0, ("a", "1"));
        var (log, again) = (new TableLog(), new TableLog());
        var (reader, before) = (Reader, _node.Actors);
        Open(reader.Subscribe(Topic, 0, 0, log)).Request(Many);
        log.AwaitEnd(1, Patience);

        Broker.FailRequests(KafkaApi.Fetch, ErrorCode.TopicAuthorizationFailed);

        log.AwaitFault(Patience);
        _node.AwaitActors(before);
        Produce(Topic, 0, ("b", "2"));
        Open(reader.Subscribe(Topic, 0, 1, again)).Request(Many);
        again.AwaitEnd(2, Patience);
        log.Faults.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            f => (f.Code, f.Kind).ShouldBe((nameof(ErrorCode.TopicAuthorizationFailed), FaultKind.Permanent)),
            f => f.Reason.ShouldContain(Broker.BootstrapServers));
        log.Records.Select(r => r.Offset).ShouldBe([0]);
    }

    [Fact]
    public void A_reader_that_is_disposed_must_end_its_streams()
    {
        var topic = NewTopic(3);
        var (reader, before) = (Reader, _node.Actors);
        for (var partition = 0; partition < 3; partition++)
        {
            var log = new TableLog();
            reader.Subscribe(topic, partition, 0, log).Request(1);
            log.AwaitEnd(0, Patience);
        }

        _node.Actors.ShouldBe(before + 3, "a stream for each partition");
        reader.Dispose();

        _node.AwaitActors(before);
    }

    [Fact]
    public void A_consumer_that_cannot_be_made_must_be_told_with_its_cause()
    {
        using var node = new StreamsNode("goka.kafka.table-consumer.fetch.wait.max.ms = soon");
        using var reader = node.Client.CreateTableReader(new TableReaderOptions("reader"));

        using var subscription = reader.Subscribe("topic", 0, 0, Log);

        Log.AwaitFault(Patience);
        Log.Faults.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            f => f.Kind.ShouldBe(FaultKind.Permanent), f => f.Reason.ShouldContain("the source of topic[0] ended"), f => f.Reason.ShouldContain("fetch.wait.max.ms"));
    }
}
