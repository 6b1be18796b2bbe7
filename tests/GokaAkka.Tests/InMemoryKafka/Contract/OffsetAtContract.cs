namespace GokaAkka.Testing.Tests;

/// <summary>Finding offsets by time, given a broker that does.</summary>
public abstract class OffsetAtContract(IKafkaClient? client = null) : KafkaClientContract(client)
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1000, 0)]
    [InlineData(1001, 1)]
    [InlineData(3000, 2)]
    [InlineData(3001, 3)]
    public async Task The_offset_at_a_time_must_be_the_first_record_not_older_or_the_end(long time, long offset)
    {
        // Brokers remove what is older than the topic's retention, soon after it has come.
        var hourAgo = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds();
        foreach (var after in new[] { 1000, 2000, 3000 })
            Send(Producer, Topic, 0, "k", "v", timestamp: hourAgo + after);
        Producer.Flush(Patience).ShouldBeTrue();

        var found = await Open(Client.CreateTopicManager()).OffsetAt(Topic, 0, DateTimeOffset.FromUnixTimeMilliseconds(hourAgo + time)).WaitAsync(Patience);

        found.ShouldBe(offset);
    }
}
