namespace GokaAkka.Testing;

/// <summary>The topics of a tester.</summary>
sealed class TesterTopics(KafkaCluster cluster) : ITopicManager
{
    public Task<IReadOnlyDictionary<string, TopicDescription>> Describe(IReadOnlyCollection<string> topics, CancellationToken cancellation = default) =>
        Task.FromResult<IReadOnlyDictionary<string, TopicDescription>>(
            topics.Distinct().Select(cluster.Topic).OfType<ClusterTopic>().ToDictionary(static t => t.Name, static t => t.Describe()));

    public Task Create(TopicSpec topic, CancellationToken cancellation = default)
    {
        cluster.CreateTopic(topic, out _);
        return Task.CompletedTask;
    }

    public Task<OffsetRange> Offsets(string topic, int partition, CancellationToken cancellation = default) =>
        Of(topic, partition, static log => new OffsetRange(log.LogStart, log.LastStableOffset));

    public Task<long> OffsetAt(string topic, int partition, DateTimeOffset time, CancellationToken cancellation = default) =>
        Of(topic, partition, log => log.OffsetAt(time.ToUnixTimeMilliseconds()) ?? log.LastStableOffset);

    public void Dispose()
    {
    }

    Task<T> Of<T>(string topic, int partition, Func<PartitionLog, T> read)
    {
        var id = new TopicPartition(topic, partition);
        return cluster.Log(id) is { } log
            ? Task.FromResult(read(log))
            : Task.FromException<T>(new KafkaFaultException($"Could not read the offsets of {id}", Faults.UnknownPartition(id, cluster.Topic(topic))));
    }
}
