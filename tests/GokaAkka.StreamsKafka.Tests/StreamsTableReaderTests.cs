
namespace GokaAkka.StreamsKafka.Tests;

/// <summary>The table reader on Akka.Streams.Kafka, chosen by the configuration, is held to what every other one is.</summary>
public sealed class StreamsTableReaderTests(StreamsNode node) : TableReaderContract, IClassFixture<StreamsNode>
{
    protected override IKafkaClient Client => node.Client;

    protected override TimeSpan Patience => StreamsNode.Patience;

    [Fact]
    public void Headers_must_be_read()
    {
        var delivered = new DeliveryLog();
        Send(OpenProducer(), Topic, 0, "a", "1", delivered, headers: Records.Headers.Of(new Records.Header("h", new byte[] { 1, 2 })), timestamp: 12345);

        var (log, _) = Subscribe(Topic, 0);

        log.AwaitEnd(1, Patience);
        var record = log.Records.ShouldHaveSingleItem();
        (record.Key, record.Value, record.Timestamp).ShouldBe(("a", "1", 12345));
        record.Headers.ShouldHaveSingleItem().ShouldSatisfyAllConditions(h => h.Name.ShouldBe("h"), h => h.Value.ToArray().ShouldBe([1, 2]));
    }

    [Fact]
    public async Task A_view_must_be_restored_by_the_reader_that_the_configuration_names()
    {
        var table = NewTopic(3);
        await using var emitter = node.Goka.Emitter(table, Codec.Int64);
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => emitter.Emit($"key-{i}", i))).WaitAsync(Patience);

        await using var view = node.Goka.View(table, Codec.Int64);

        await view.Ready.WaitAsync(Patience);
        Enumerable.Range(0, 300).ShouldAllBe(i => view.Get($"key-{i}") == i);
        node.System.Settings.Config.HasPath("akka.kafka.consumer").ShouldBeTrue("streams were set up");
    }
}
