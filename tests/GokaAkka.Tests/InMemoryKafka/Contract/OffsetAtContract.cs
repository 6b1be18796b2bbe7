namespace GokaAkka.Testing.Tests;

/// <summary>Finding offsets by time, given a broker that does.</summary>
public abstract class OffsetAtContract : KafkaClientContract
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1000, 0)]
    [InlineData(1001, 1)]
    [InlineData(3000, 2)]
    [InlineData(3001, 3)]
    public async Task The_offset_at_a_time_must_be_the_first_record_not_older_or_the_end(long time, long offset)
    {
        var topic = NewTopic();
        var producer = OpenProducer();
        foreach (var timestamp in new[] { 1000, 2000, 3000 })
            Send(producer, topic, 0, "k", "v", timestamp: timestamp);
        producer.Flush(Patience).ShouldBeTrue();

        var found = await Open(Client.CreateTopicManager()).OffsetAt(topic, 0, DateTimeOffset.FromUnixTimeMilliseconds(time)).WaitAsync(Patience);

        found.ShouldBe(offset);
    }
}
