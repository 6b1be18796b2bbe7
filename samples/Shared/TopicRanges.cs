using GokaAkka.Kafka;

namespace GokaAkka.Samples;

/// <summary>Asks for the offsets that the partitions of a topic hold.</summary>
static class TopicRanges
{
    static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <exception cref="SampleException">There is no such topic, or no answer in time.</exception>
    /// <exception cref="KafkaFaultException">No broker answered.</exception>
    public static async Task<IReadOnlyDictionary<TopicPartition, OffsetRange>> Of(IKafkaClient kafka, string topic, CancellationToken stop)
    {
        using var topics = kafka.CreateTopicManager();
        try
        {
            // Asked for first: an embedded broker makes any topic that it is asked the offsets of.
            var found = await topics.Describe([topic], stop).WaitAsync(AnswerTimeout, stop);
            if (!found.TryGetValue(topic, out var description))
                throw new SampleException($"Topic '{topic}' does not exist on {kafka.Description}.");
            var ranges = new Dictionary<TopicPartition, OffsetRange>();
            for (var p = 0; p < description.Partitions; p++)
                ranges.Add(new TopicPartition(topic, p), await topics.Offsets(topic, p, stop).WaitAsync(AnswerTimeout, stop));
            return ranges;
        }
        catch (TimeoutException e)
        {
            throw new SampleException($"The broker at {kafka.Description} did not tell the offsets of topic '{topic}' within {AnswerTimeout.TotalSeconds:0} s.", e);
        }
    }
}
