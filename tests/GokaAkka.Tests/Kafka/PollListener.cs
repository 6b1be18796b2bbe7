namespace GokaAkka.Tests.Kafka;

/// <summary>Keeps what a poller tells.</summary>
sealed class PollListener : Observed, IPollListener
{
    bool _drainsAtOnce;

    public Dictionary<TopicPartition, PartitionFlow> Flows { get; } = [];

    public TaskCompletionSource? Draining { get; private set; }

    public List<TopicPartition> LostPartitions { get; } = [];

    public List<KafkaFault> Faults { get; } = [];

    public bool HasEnded { get; private set; }

    public Exception? Error { get; private set; }

    public void DrainsAtOnce() => See(() =>
    {
        _drainsAtOnce = true;
        Draining?.TrySetResult();
    });

    public void Assigned(IReadOnlyList<PartitionFlow> flows) => See(() =>
    {
        foreach (var flow in flows)
            Flows[flow.Id] = flow;
    });

    public Task Revoked(IReadOnlyList<TopicPartition> partitions)
    {
        See(() =>
        {
            Draining = new TaskCompletionSource();
            if (_drainsAtOnce)
                Draining.SetResult();
        });
        return Draining!.Task;
    }

    public void Lost(IReadOnlyList<TopicPartition> partitions) => See(() => LostPartitions.AddRange(partitions));

    public void Faulted(KafkaFault fault) => See(() => Faults.Add(fault));

    public void Ended(Exception? error) => See(() =>
    {
        Error = error;
        HasEnded = true;
    });

    public override string ToString() => $"assigned {string.Join(" ", Flows.Keys)}, lost {string.Join(" ", LostPartitions)}, ended {HasEnded} {Error}";
}
