using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

/// <summary>Asks for topics in the one way that makes none where brokers make topics on request: for all of them at once.</summary>
static class TopicMetadata
{
    /// <exception cref="KafkaFaultException">No broker answered in time.</exception>
    public static Dictionary<string, TopicDescription> Find(IAdminClient admin, IReadOnlyCollection<string> topics, KafkaSettings settings, LastError lastError)
    {
        Metadata metadata;
        try
        {
            metadata = admin.GetMetadata(settings.ConnectTimeout);
        }
        catch (KafkaException e)
        {
            throw Failed(e, settings, lastError);
        }

        var found = new Dictionary<string, TopicDescription>();
        foreach (var topic in metadata.Topics)
        {
            if (!topics.Contains(topic.Topic) || topic.Partitions.Count == 0 || topic.Error.Code == ErrorCode.UnknownTopicOrPart)
                continue;
            found[topic.Topic] = new TopicDescription(topic.Topic, topic.Partitions.Count, topic.Partitions.Min(p => p.Replicas.Length));
        }

        return found;
    }

    /// <summary>That no broker answered, and what is known of why.</summary>
    public static KafkaFaultException Failed(KafkaException e, KafkaSettings settings, LastError lastError) => Faults.Exception(
        $"No Kafka broker answered at {settings.BootstrapServers} within {settings.ConnectTimeout.TotalSeconds:0.#} s{lastError.Suffix}; {lastError.Advice}", e);
}
