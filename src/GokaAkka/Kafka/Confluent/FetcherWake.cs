using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// Wakes the client's fetcher after a resume, which leaves it asleep for up to a second. A seek to where a partition is anyway does that;
/// where nothing was read yet, a question to its leader does.
/// </summary>
static class FetcherWake
{
    static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(200);

    public static void Wake(IConsumer<Bytes, Bytes> consumer, IReadOnlyCollection<global::Confluent.Kafka.TopicPartition> partitions)
    {
        List<TopicPartitionTimestamp>? unread = null;
        foreach (var partition in partitions)
        {
            if (!TrySeek(consumer, partition))
                (unread ??= []).Add(new TopicPartitionTimestamp(partition, new Timestamp(-1, TimestampType.CreateTime)));
        }

        if (unread is null)
            return;
        try
        {
            consumer.OffsetsForTimes(unread, Timeout);
        }
        catch (KafkaException)
        {
            // It wakes by itself, later.
        }
    }

    static bool TrySeek(IConsumer<Bytes, Bytes> consumer, global::Confluent.Kafka.TopicPartition partition)
    {
        try
        {
            var position = consumer.Position(partition);
            if (position.Value < 0)
                return false;
            consumer.Seek(new global::Confluent.Kafka.TopicPartitionOffset(partition, position));
            return true;
        }
        catch (KafkaException)
        {
            return false;
        }
    }
}
