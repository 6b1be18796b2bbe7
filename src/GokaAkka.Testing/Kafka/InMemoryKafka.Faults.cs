namespace GokaAkka.Testing;

public sealed partial class InMemoryKafka
{
    static readonly KafkaFault CoordinatorMoved =
        new("NotCoordinatorForGroup", "the group's coordinator has moved to another broker", FaultKind.Retriable);

    /// <summary>
    /// Whether the brokers answer. While they do not, polls return nothing and tell of it once, producers queue, and everything else fails when
    /// its time-out ends. Nobody is dropped from a group for an outage.
    /// </summary>
    public bool IsAvailable
    {
        get
        {
            lock (_host.Gate)
                return !_host.IsDown;
        }
    }

    /// <summary>Begins an outage of all brokers; nothing when one lasts.</summary>
    public void TakeDown() => _host.TakeDown();

    /// <summary>Ends an outage; nothing when there is none.</summary>
    public void BringUp() => _host.BringUp();

    /// <summary>Holds back acknowledgements from now on, until the hold is disposed: records are in the log, their senders do not hear of it.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition; null for all.</param>
    public AckHold HoldAcks(string topic, int? partition = null)
    {
        var hold = new AckHold(_host, topic, partition);
        lock (_host.Gate)
            _host.Plan.Hold(hold.Permits);
        return hold;
    }

    /// <summary>Fails the next records sent to a topic: they are not written, and their senders hear of the fault.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="fault">What the senders hear. A fatal one ends the producer.</param>
    /// <param name="count">How many records.</param>
    /// <param name="partition">Only records of this partition; null for any.</param>
    public void FailSends(string topic, KafkaFault fault, int count = 1, int? partition = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        lock (_host.Gate)
            _host.Plan.FailSends(topic, partition, fault, count);
    }

    /// <summary>Refuses the next commits of a group, whether waited for or in the background.</summary>
    /// <param name="group">The group.</param>
    /// <param name="count">How many commits.</param>
    /// <param name="fault">What the members hear; by default that the coordinator has moved, which passes.</param>
    public void RefuseCommits(string group, int count = 1, KafkaFault? fault = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        lock (_host.Gate)
            _host.Plan.RefuseCommits(group, fault ?? CoordinatorMoved, count);
    }

    /// <summary>Answers the next commit of a transaction with a fault.</summary>
    /// <param name="fault">What the producer hears.</param>
    /// <param name="takesEffect">Whether the transaction is committed nevertheless and only the answer is lost.</param>
    public void FailTransactionCommit(KafkaFault fault, bool takesEffect)
    {
        if (takesEffect && fault.Kind == FaultKind.AbortsTransaction)
            throw new ArgumentException($"A transaction that was committed cannot be aborted, as {fault} asks for.", nameof(fault));
        lock (_host.Gate)
            _host.Plan.FailTransactionCommit(fault, takesEffect);
    }

    /// <summary>Deletes a topic with the offsets committed for it; groups that read it rebalance.</summary>
    /// <exception cref="KafkaFaultException">It does not exist.</exception>
    public void DeleteTopic(string topic) =>
        Change($"delete topic '{topic}'", () => (_host.Cluster.DeleteTopic(topic), $"there is no topic '{topic}'"));

    /// <summary>Deletes a topic and makes it again, empty and with a new id, so fast that readers notice only that their positions do not fit.</summary>
    /// <exception cref="KafkaFaultException">It does not exist.</exception>
    public void RecreateTopic(string topic) =>
        Change($"make topic '{topic}' again", () => (_host.Cluster.RecreateTopic(topic), $"there is no topic '{topic}'"));

    /// <summary>Runs the log cleaner on a partition: the last committed record of every key stays, aborted records and what overwrote them go.</summary>
    /// <param name="topic">The topic; its cleanup policy is not asked.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="dropTombstones">Whether tombstones and markers go too, as if <c>delete.retention.ms</c> had passed.</param>
    /// <exception cref="KafkaFaultException">There is no such partition.</exception>
    public void Compact(string topic, int partition, bool dropTombstones = true)
    {
        lock (_host.Gate)
        {
            Log(new TopicPartition(topic, partition));
            _host.Cluster.Compact(new TopicPartition(topic, partition), dropTombstones ? TimeSpan.Zero : null);
            _host.WakeAll();
        }
    }

    /// <summary>Drops the records before an offset, as retention does.</summary>
    /// <exception cref="KafkaFaultException">There is no such partition.</exception>
    public void DeleteRecords(string topic, int partition, long before)
    {
        lock (_host.Gate)
        {
            Log(new TopicPartition(topic, partition)).DeleteBefore(before);
            _host.WakeAll();
        }
    }

    /// <summary>Loses the records from an offset on, as an unclean leader election does: the offsets are given out again.</summary>
    /// <exception cref="KafkaFaultException">There is no such partition.</exception>
    public void LoseRecords(string topic, int partition, long from)
    {
        lock (_host.Gate)
        {
            Log(new TopicPartition(topic, partition)).TruncateTo(from);
            _host.WakeAll();
        }
    }
}
