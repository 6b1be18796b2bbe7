using GokaAkka.Kafka;

namespace GokaAkka.Testing;

/// <summary>The topics of the in-memory cluster.</summary>
internal sealed class MemoryTopicManager(ClusterHost host) : ITopicManager
{
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
                throw Failure(what, Faults.Of(error, reason));
            host.WakeAll();
            return true;
        });
    }

    public Task<OffsetRange> Offsets(string topic, int partition, CancellationToken cancellation = default)
    {
        var what = $"read the offsets of {topic}[{partition}]";
        return Ask(what, cancellation, () =>
        {
            var log = Log(what, topic, partition);
            return new OffsetRange(log.LogStart, log.LastStableOffset);
        });
    }

    public Task<long> OffsetAt(string topic, int partition, DateTimeOffset time, CancellationToken cancellation = default)
    {
        var what = $"find the offset of {topic}[{partition}] at {time:O}";
        return Ask(what, cancellation, () =>
        {
            var log = Log(what, topic, partition);
            return log.OffsetAt(time.ToUnixTimeMilliseconds()) ?? log.LastStableOffset;
        });
    }

    public void Dispose()
    {
        // Holds nothing.
    }

    PartitionLog Log(string what, string topic, int partition)
    {
        var named = new TopicPartition(topic, partition);
        return host.Cluster.Log(named) ?? throw Failure(what, Faults.UnknownPartition(named, host.Cluster.Topic(topic)));
    }

    async Task<T> Ask<T>(string what, CancellationToken cancellation, Func<T> answer)
    {
        var end = host.EndOf(host.Options.RequestTimeout);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            Task back;
            lock (host.Gate)
            {
                host.Advance();
                if (!host.IsDown)
                    return answer();
                back = host.Back;
            }

            var left = end - host.Cluster.Now;
            try
            {
                await back.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, host.Options.Time, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                throw Failure(what, Faults.BrokersDown);
            }
        }
    }

    static KafkaFaultException Failure(string what, KafkaFault fault) => new($"Could not {what} on the in-memory cluster", fault);
}
