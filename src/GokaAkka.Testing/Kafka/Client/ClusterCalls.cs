namespace GokaAkka.Testing;

/// <summary>Questions to the cluster that wait through an outage for as long as they are given.</summary>
internal sealed class ClusterCalls(ClusterHost host)
{
    /// <summary>Answers at once, or when an outage ends.</summary>
    /// <exception cref="KafkaFaultException">The outage outlasts the time-out.</exception>
    public async Task<T> Ask<T>(string what, TimeSpan timeout, CancellationToken cancellation, Func<T> answer)
    {
        var end = host.EndOf(timeout);
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

    /// <summary>Under the gate: a partition's log.</summary>
    /// <exception cref="KafkaFaultException">There is no such partition.</exception>
    public PartitionLog Log(string what, string topic, int partition)
    {
        var named = new TopicPartition(topic, partition);
        return host.Cluster.Log(named) ?? throw Failure(what, Faults.UnknownPartition(named, host.Cluster.Topic(topic)));
    }

    public static KafkaFaultException Failure(string what, KafkaFault fault) => new($"Could not {what} on the in-memory cluster", fault);
}
