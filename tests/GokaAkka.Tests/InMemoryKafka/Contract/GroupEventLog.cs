namespace GokaAkka.Testing.Tests;

/// <summary>Keeps what a member of a group is told by its polls: "assigned", "revoked" and "lost" with partitions, and "fault" with its code.</summary>
public sealed class GroupEventLog : IGroupEvents
{
    public List<string> All { get; } = [];

    /// <summary>Called before an assignment is kept.</summary>
    public Action Assigning { get; init; } = static () => { };

    public IReadOnlyList<TopicPartitionOffset> Assigned(IReadOnlyList<TopicPartition> partitions)
    {
        Assigning();
        Note("assigned", partitions);
        return [];
    }

    public void Revoked(IReadOnlyList<TopicPartition> partitions) => Note("revoked", partitions);

    public void Lost(IReadOnlyList<TopicPartition> partitions) => Note("lost", partitions);

    public void Faulted(KafkaFault fault) => All.Add($"fault {fault.Code}");

    void Note(string what, IReadOnlyList<TopicPartition> partitions) => All.Add($"{what} {string.Join(",", partitions)}");
}
