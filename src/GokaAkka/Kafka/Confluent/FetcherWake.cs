using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// Wakes the client's fetchers after a resume, which sleep for up to a second when there was nothing to fetch: by a seek to where the partition is anyway, and
/// where nothing was read yet by a question to the leader.
/// </summary>
static class FetcherWake
{
    // To ask is what wakes; the answer is not needed.
    static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(1);

    public static void Wake(IConsumer<Ignore, Ignore> consumer, IReadOnlyCollection<global::Confluent.Kafka.TopicPartition> partitions)
    {
        List<global::Confluent.Kafka.TopicPartition>? unread = null;
        foreach (var partition in partitions)
        {
            if (!TrySeek(consumer, partition))
                (unread ??= []).Add(partition);
        }

        if (unread is not null)
            Ask(consumer, unread);
    }

    static void Ask(IConsumer<Ignore, Ignore> consumer, List<global::Confluent.Kafka.TopicPartition> partitions)
    {
        var questions = partitions.ConvertAll(static p => new TopicPartitionTimestamp(p, new Timestamp(-1, TimestampType.CreateTime)));
        try
        {
            consumer.OffsetsForTimes(questions, Timeout);
        }
        catch (KafkaException)
        {
            // As a rule: nobody answers that soon.
        }
    }

    static bool TrySeek(IConsumer<Ignore, Ignore> consumer, global::Confluent.Kafka.TopicPartition partition)
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
