namespace GokaAkka.Testing;

/// <summary>The topics of the in-memory cluster.</summary>
internal sealed class MemoryTopicManager(ClusterHost host) : ITopicManager
{
    readonly ClusterCalls _calls = new(host);

    public Task<IReadOnlyDictionary<string, TopicDescription>> Describe(
        IReadOnlyCollection<string> topics, CancellationToken cancellation = default) =>
        Ask<IReadOnlyDictionary<string, TopicDescription>>($"describe {string.Join(", ", topics)}", cancellation, () => topics
            .Distinct()
            .Select(host.Cluster.Topic)
            .OfType<ClusterTopic>()
            .ToDictionary(t => t.Name, t => t.Describe()));

    public Task Create(TopicSpec topic, CancellationToken cancellation = default)
    {
        var what = $"create topic '{topic.Name}'";
        return Ask(what, cancellation, () =>
        {
            var error = host.Cluster.CreateTopic(topic, out var reason);
            if (error is not (ClusterError.None or ClusterError.TopicAlreadyExists))
                throw ClusterCalls.Failure(what, Faults.Of(error, reason));
            host.WakeAll();
            return true;
        });
    }

    public Task<OffsetRange> Offsets(string topic, int partition, CancellationToken cancellation = default) =>
        Ask($"read the offsets of {topic}[{partition}]", topic, partition, cancellation,
            static log => new OffsetRange(log.LogStart, log.HighWatermark));

    public Task<long> OffsetAt(string topic, int partition, DateTimeOffset time, CancellationToken cancellation = default) =>
        Ask($"find the offset of {topic}[{partition}] at {time:O}", topic, partition, cancellation,
            log => log.OffsetAt(time.ToUnixTimeMilliseconds()) ?? log.LastStableOffset);

    public void Dispose()
    {
        // Holds nothing.
    }

    Task<T> Ask<T>(string what, string topic, int partition, CancellationToken cancellation, Func<PartitionLog, T> read) =>
        Ask(what, cancellation, () => read(_calls.Log(what, topic, partition)));

    Task<T> Ask<T>(string what, CancellationToken cancellation, Func<T> answer) =>
        _calls.Ask(what, host.Options.RequestTimeout, cancellation, answer);
}
