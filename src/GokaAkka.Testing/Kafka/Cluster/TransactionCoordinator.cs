namespace GokaAkka.Testing;

/// <summary>
/// Gives producers their identity, fences zombies and knows what each open transaction has touched. The log of a partition and the offsets of a
/// group are told the outcome through the two callbacks.
/// </summary>
internal sealed class TransactionCoordinator(
    Action<PartitionLog, long, bool> endInLog, Action<ConsumerGroup, long, bool> endInGroup)
{
    /// <summary>Told of every transaction that has ended, by its producer's id and whether it is committed, when everything knows.</summary>
    public Action<long, bool>? Ended { get; set; }

    readonly Dictionary<string, TransactionalProducer> _byName = new(StringComparer.Ordinal);
    readonly Dictionary<long, TransactionalProducer> _byId = [];
    long _producerIds;

    /// <summary>
    /// A new identity for an idempotent producer; for a transactional one the next epoch of its id, which fences the earlier producers and
    /// aborts what they left open.
    /// </summary>
    public ProducerIdentity Init(string? transactionalId, TimeSpan timeout)
    {
        if (transactionalId is null)
            return new ProducerIdentity(_producerIds++, 0);
        if (!_byName.TryGetValue(transactionalId, out var producer))
        {
            producer = new TransactionalProducer(_producerIds++);
            _byName.Add(transactionalId, producer);
            _byId.Add(producer.Id, producer);
        }

        End(producer, commit: false);
        producer.Timeout = timeout;
        producer.Epoch++;
        return new ProducerIdentity(producer.Id, producer.Epoch);
    }

    /// <summary>Whether this is the producer's latest identity.</summary>
    public ClusterError Check(ProducerIdentity identity) => Find(identity, out _);

    /// <summary>Makes a partition part of the producer's transaction, opening it when there is none.</summary>
    public ClusterError Touch(ProducerIdentity identity, PartitionLog log, TimeSpan now)
    {
        var error = Find(identity, out var producer);
        if (error == ClusterError.None)
            Include(producer!.Open(now).Logs, log);
        return error;
    }

    /// <summary>Makes a group's offsets part of the producer's transaction, opening it when there is none.</summary>
    public ClusterError Touch(ProducerIdentity identity, ConsumerGroup group, TimeSpan now)
    {
        var error = Find(identity, out var producer);
        if (error == ClusterError.None)
            Include(producer!.Open(now).Groups, group);
        return error;
    }

    /// <summary>Commits or aborts. Ending a transaction that touched nothing is no error.</summary>
    public ClusterError End(ProducerIdentity identity, bool commit)
    {
        var error = Find(identity, out var producer);
        if (error == ClusterError.None)
            End(producer!, commit);
        return error;
    }

    /// <summary>Aborts transactions open for too long and fences their producers.</summary>
    public void Advance(TimeSpan now)
    {
        foreach (var producer in _byName.Values)
        {
            if (producer.Ends > now)
                continue;
            End(producer, commit: false);
            producer.Epoch++;
        }
    }

    /// <summary>When <see cref="Advance"/> has something to do next.</summary>
    public TimeSpan NextDeadline()
    {
        var next = TimeSpan.MaxValue;
        foreach (var producer in _byName.Values)
        {
            if (producer.Ends < next)
                next = producer.Ends;
        }

        return next;
    }

    public void Forget(PartitionLog log)
    {
        foreach (var producer in _byName.Values)
            producer.Logs.Remove(log);
    }

    ClusterError Find(ProducerIdentity identity, out TransactionalProducer? producer)
    {
        if (!_byId.TryGetValue(identity.Id, out producer))
            return ClusterError.InvalidTxnState;
        return producer.Epoch == identity.Epoch ? ClusterError.None : ClusterError.ProducerFenced;
    }

    void End(TransactionalProducer producer, bool commit)
    {
        foreach (var log in producer.Logs)
            endInLog(log, producer.Id, commit);
        foreach (var group in producer.Groups)
            endInGroup(group, producer.Id, commit);
        var was = producer.Opened;
        producer.Logs.Clear();
        producer.Groups.Clear();
        producer.Opened = null;
        if (was is not null)
            Ended?.Invoke(producer.Id, commit);
    }

    static void Include<T>(List<T> touched, T one)
    {
        if (!touched.Contains(one))
            touched.Add(one);
    }

    sealed class TransactionalProducer(long id)
    {
        public long Id { get; } = id;

        public short Epoch { get; set; } = -1;

        public TimeSpan Timeout { get; set; }

        public TimeSpan? Opened { get; set; }

        public TimeSpan Ends => Opened is { } opened ? opened + Timeout : TimeSpan.MaxValue;

        // Lists, so that markers are written in the same order in every run: a hash set of references would not promise that.
        public List<PartitionLog> Logs { get; } = [];

        public List<ConsumerGroup> Groups { get; } = [];

        public TransactionalProducer Open(TimeSpan now)
        {
            Opened ??= now;
            return this;
        }
    }
}
