namespace GokaAkka.Testing;

/// <summary>
/// Makes what a <see cref="Tester"/> runs fail: producers, stores, nodes and their partitions. Codecs fail through <see cref="FailingCodec{T}"/>.
/// Faults of producers and stores are ordered and strike when their time comes; those of nodes happen at once, and everything has settled
/// when the call returns.
/// </summary>
public sealed class TesterFaults
{
    readonly TesterEngine _engine;

    internal TesterFaults(TesterEngine engine) => _engine = engine;

    /// <summary>Holds back the acknowledgements of a topic until they are released.</summary>
    /// <param name="topic">The topic, a table's changelog for instance.</param>
    /// <param name="partition">The partition; null for all.</param>
    public HeldAcks HoldAcks(string topic, int? partition = null) => new(_engine.Broker, () => _engine.Settle(), topic, partition);

    /// <summary>Fails the next records sent to a topic: they are not written, and their senders hear of the fault.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="count">How many records.</param>
    /// <param name="partition">Only records of this partition; null for any.</param>
    /// <param name="fault">What the senders hear; by default that the message is too large.</param>
    public void FailSends(string topic, int count = 1, int? partition = null, KafkaFault? fault = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        fault ??= new KafkaFault("MsgSizeTooLarge", "the tester was told to fail this record", FaultKind.Record);
        _engine.Broker.Faults.FailSends(topic, partition, fault, count);
    }

    /// <summary>Refuses the next commits of a group. What they were to commit is committed with later records, or when the partition leaves.</summary>
    public void RefuseCommits(string group, int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var fault = new KafkaFault("NotCoordinatorForGroup", "the tester was told to refuse this commit", FaultKind.Retriable);
        _engine.Broker.Faults.RefuseCommits(group, fault, count);
    }

    /// <summary>Has the next writes to the stores of a table fail, in whichever processor or view they are.</summary>
    /// <param name="table">The table's topic.</param>
    /// <param name="count">How many writes.</param>
    /// <param name="partition">Only of this partition; null for any.</param>
    /// <param name="error">What the store throws; a full disk by default.</param>
    public void FailStoreWrites(string table, int count = 1, int? partition = null, Exception? error = null) =>
        Fail(StoreOperation.Write, table, count, partition, error ?? new StorageException($"the store of '{table}' cannot be written: no space left on device"));

    /// <summary>Has the next reads from the stores of a table fail; keys that are in memory are not read from there.</summary>
    /// <inheritdoc cref="FailStoreWrites"/>
    public void FailStoreReads(string table, int count = 1, int? partition = null, Exception? error = null) =>
        Fail(StoreOperation.Read, table, count, partition, error ?? new StorageException($"the store of '{table}' cannot be read: input/output error"));

    /// <summary>Has the stores of a table not open, the next times.</summary>
    /// <inheritdoc cref="FailStoreWrites"/>
    public void FailStoreOpening(string table, int count = 1, int? partition = null, Exception? error = null) =>
        Fail(StoreOperation.Open, table, count, partition, error ?? new StorageLockedException($"the store of '{table}' is held by another process"));

    /// <summary>Has a partition of a group go to another node, in good order; it stays there until a node comes or goes.</summary>
    /// <exception cref="TesterException">The node does not run, or the group has no such partition.</exception>
    public void Move(int partition, TesterNode to)
    {
        Check(to, alive: true);
        if (partition < 0 || partition >= to.Members.Partitions)
            throw new TesterException($"Group '{to.Group}' has no partition {partition}: its partitions are 0 to {to.Members.Partitions - 1}.");
        to.Members.Move(partition, to.Process.Consumer!);
        _engine.Settle();
    }

    /// <summary>
    /// Takes partitions from a node without notice, as when it was not heard of for too long: it drops what it has in hand and commits nothing.
    /// Other nodes of the group have them at once; without others the node gets them again.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="partitions">The partitions; all it has when there are none.</param>
    /// <exception cref="TesterException">The node does not run, or does not have a partition.</exception>
    public void Lose(TesterNode node, params IReadOnlyList<int> partitions)
    {
        Check(node, alive: true);
        var lost = partitions.Count > 0 ? partitions : [.. node.Partitions.Select(p => p.Partition)];
        foreach (var partition in lost)
        {
            if (node.Partitions.All(p => p.Partition != partition))
                throw new TesterException($"Node '{node.Name}' of group '{node.Group}' does not have partition {partition}; it has {Numbers(node)}.");
        }

        node.Members.Lose(node.Process.Consumer!, lost);
        _engine.Settle();
    }

    /// <summary>
    /// Ends a node as a kill does: nothing is drained, committed or flushed, and no acknowledgement reaches it any more. What is in the topics
    /// stays there, its stores stay as they were last flushed, and its partitions go to the others.
    /// </summary>
    /// <exception cref="TesterException">The node does not run.</exception>
    public void Crash(TesterNode node)
    {
        Check(node, alive: true);
        node.Crash();
        _engine.Settle();
    }

    /// <summary>Starts a node again that has crashed, stopped or failed, with the stores it had.</summary>
    /// <exception cref="TesterException">The node runs.</exception>
    public void Restart(TesterNode node)
    {
        Check(node, alive: false);
        node.Start();
        _engine.Settle();
    }

    /// <summary>Loses the stores' contents of a node that does not run: its next start restores everything. A provider's stores are not touched.</summary>
    /// <exception cref="TesterException">The node runs.</exception>
    public void WipeStores(TesterNode node)
    {
        Check(node, alive: false);
        node.Wipe();
    }

    /// <summary>Deletes a topic and makes it again, empty, with the same partitions; what was committed for it is gone.</summary>
    /// <exception cref="TesterException">There is no such topic.</exception>
    public void RecreateTopic(string topic)
    {
        _engine.CheckIdle();
        if (_engine.Broker.Cluster.RecreateTopic(topic) != ClusterError.None)
            throw new TesterException($"There is no topic '{topic}' to be made again.");
        _engine.Settle();
    }

    /// <summary>Runs the log cleaner on every partition of a topic: the last record of each key stays, tombstones go.</summary>
    /// <exception cref="TesterException">There is no such topic.</exception>
    public void Compact(string topic)
    {
        _engine.CheckIdle();
        var found = _engine.Broker.Cluster.Topic(topic) ?? throw new TesterException($"There is no topic '{topic}' to be compacted.");
        for (var partition = 0; partition < found.Partitions; partition++)
            _engine.Broker.Cluster.Compact(new TopicPartition(topic, partition), TimeSpan.Zero);
    }

    void Fail(StoreOperation operation, string table, int count, int? partition, Exception error)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _engine.Stores.Add(operation, table, partition, count, error);
    }

    void Check(TesterNode node, bool alive)
    {
        ArgumentNullException.ThrowIfNull(node);
        _engine.CheckIdle();
        if (!_engine.Nodes.Contains(node))
            throw new TesterException($"Node '{node.Name}' of group '{node.Group}' belongs to another tester.");
        if (node.IsAlive != alive)
            throw new TesterException($"Node '{node.Name}' of group '{node.Group}' is {node.State}: {(alive ? "it has to run for this; start it with Restart" : "it has to be crashed or stopped for this")}.");
    }

    static string Numbers(TesterNode node) =>
        node.Partitions.Count == 0 ? "none" : string.Join(", ", node.Partitions.Select(p => p.Partition));
}
