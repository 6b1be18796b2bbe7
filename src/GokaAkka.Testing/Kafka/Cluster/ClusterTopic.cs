namespace GokaAkka.Testing;

/// <summary>A topic and its logs.</summary>
internal sealed class ClusterTopic(string name, Guid id, int partitions, int replicas, IReadOnlyDictionary<string, string> settings)
{
    readonly PartitionLog[] _logs = [.. Enumerable.Range(0, partitions).Select(_ => new PartitionLog())];

    public string Name { get; } = name;

    /// <summary>Not shared with a topic of the same name made later.</summary>
    public Guid Id { get; } = id;

    public int Replicas { get; } = replicas;

    public IReadOnlyDictionary<string, string> Settings { get; } = settings;

    public int Partitions => _logs.Length;

    public bool IsCompacted => Settings["cleanup.policy"].Contains("compact", StringComparison.Ordinal);

    public bool IsDeletedByTime => Settings["cleanup.policy"].Contains("delete", StringComparison.Ordinal);

    public PartitionLog? Log(int partition) => (uint)partition < (uint)_logs.Length ? _logs[partition] : null;

    public TopicDescription Describe() => new(Name, Partitions, Replicas, Settings, Id.ToString());
}
