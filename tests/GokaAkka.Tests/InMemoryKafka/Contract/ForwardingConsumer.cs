namespace GokaAkka.Testing.Tests;

/// <summary>A member of a group, whose calls a test watches, holds up or fails: those it overrides.</summary>
abstract class ForwardingConsumer(IGroupConsumer inner) : IGroupConsumer
{
    public IGroupMembership Membership => inner.Membership;

    public int Generation => inner.Generation;

    public void Subscribe(IReadOnlyList<string> topics, IGroupEvents events) => inner.Subscribe(topics, events);

    public virtual int Poll(TimeSpan timeout, int maxRecords, IRecordSink sink) => inner.Poll(timeout, maxRecords, sink);

    public void Pause(IReadOnlyCollection<TopicPartition> partitions) => inner.Pause(partitions);

    public void Resume(IReadOnlyCollection<TopicPartition> partitions) => inner.Resume(partitions);

    public void Seek(TopicPartitionOffset position) => inner.Seek(position);

    public void Commit(IReadOnlyCollection<TopicPartitionOffset> offsets) => inner.Commit(offsets);

    public virtual void CommitInBackground(IReadOnlyCollection<TopicPartitionOffset> offsets) => inner.CommitInBackground(offsets);

    public IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyCollection<TopicPartition> partitions, TimeSpan timeout) =>
        inner.Committed(partitions, timeout);

    public void RefuseForeignMembers(TimeSpan timeout) => inner.RefuseForeignMembers(timeout);

    public virtual void Close() => inner.Close();

    public void Dispose() => inner.Dispose();
}
