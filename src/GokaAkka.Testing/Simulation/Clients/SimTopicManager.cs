namespace GokaAkka.Testing.Simulation;

/// <summary>A process's questions for topics: each is asked once, and fails when its answer does not come.</summary>
sealed class SimTopicManager(SimWorld world, SimProcess process, SimKafka kafka) : ITopicManager
{
    public Task<IReadOnlyDictionary<string, TopicDescription>> Describe(IReadOnlyCollection<string> topics, CancellationToken cancellation = default) =>
        Ask<IReadOnlyDictionary<string, TopicDescription>>("describe topics", (answered, failed) => world.Cluster.Describe(process, topics, answered, failed));

    public Task Create(TopicSpec topic, CancellationToken cancellation = default) =>
        throw new NotSupportedException($"Every topic of the simulation is there, also '{topic.Name}'.");

    public Task<OffsetRange> Offsets(string topic, int partition, CancellationToken cancellation = default)
    {
        var id = new TopicPartition(topic, partition);
        return Ask<OffsetRange>($"read the offsets of {id}", (answered, failed) => world.Cluster.ListOffsets(
            process, id, answer =>
            {
                if (answer.Error == ClusterError.None)
                    answered(Seen(id, answer.Range));
                else
                    failed();
            },
            failed, () => kafka.Asked(id)));
    }

    public async Task<long> OffsetAt(string topic, int partition, DateTimeOffset time, CancellationToken cancellation = default)
    {
        var range = await Offsets(topic, partition, cancellation).ConfigureAwait(false);
        return world.Cluster.State.Log(new TopicPartition(topic, partition))!.OffsetAt(time.ToUnixTimeMilliseconds()) ?? range.High;
    }

    public void Dispose()
    {
    }

    OffsetRange Seen(TopicPartition id, OffsetRange range)
    {
        if (id.Topic != Names.Table)
            return range;
        if (world.Mutations.Has(Mutation.ServesBeforeRestored))
            return range with { High = range.Low };
        return world.Mutations.Has(Mutation.TrustsStoreBeyondEnd) ? range with { High = Math.Max(range.High, kafka.StoreEnd(id.Partition)) } : range;
    }

    static Task<T> Ask<T>(string what, Action<Action<T>, Action> send)
    {
        var answer = new TaskCompletionSource<T>();
        send(found => answer.TrySetResult(found), () => answer.TrySetException(new KafkaFaultException($"Could not {what}", Testing.Faults.TimedOut("the question"))));
        return answer.Task;
    }
}
