namespace GokaAkka.Testing;

// What transactional producers do besides sending.
internal sealed partial class MemoryProducer
{
    // The client library gives the same answer before a transaction and in one that has to be aborted.
    static readonly KafkaFault NotInTransaction = new(
        "Local_State", "a transactional producer sends inside a transaction only, and only until a record of it has failed", FaultKind.Permanent);

    TransactionState _state;
    KafkaFault? _transactionFault;

    enum TransactionState
    {
        NotInitialised,
        Ready,
        Open,
    }

    bool IsTransactional => _options.TransactionalId is not null;

    bool MaySend => !IsTransactional || (_state == TransactionState.Open && _transactionFault is null);

    public void InitTransactions(TimeSpan timeout)
    {
        const string What = "initialise transactions";
        RequireTransactional();
        Await(What, timeout);
        lock (_host.Gate)
        {
            Require(What, TransactionState.NotInitialised);
            _identity = _host.Cluster.InitProducer(_options.TransactionalId, _options.TransactionTimeout ?? _host.Options.TransactionTimeout);
            _state = TransactionState.Ready;
            _host.WakeAll();
        }
    }

    public void BeginTransaction()
    {
        RequireTransactional();
        lock (_host.Gate)
        {
            Require("begin a transaction", TransactionState.Ready);
            _state = TransactionState.Open;
        }
    }

    public void SendOffsetsToTransaction(IReadOnlyCollection<TopicPartitionOffset> offsets, IGroupMembership membership, TimeSpan timeout)
    {
        var what = $"make offsets {string.Join(", ", offsets)} part of the transaction";
        RequireTransactional();
        if (membership is not GroupMembership member)
            throw new ArgumentException($"The membership of group '{membership.Group}' is a {membership.GetType().Name}, not one of the in-memory Kafka.", nameof(membership));
        Await(what, timeout);
        lock (_host.Gate)
        {
            Require(what, TransactionState.Open);
            RequireHealthy(what);
            var error = _host.Cluster.CommitInTransaction(_identity, member.Group, member.MemberId, member.Generation, offsets);
            if (error is ClusterError.UnknownMemberId or ClusterError.IllegalGeneration)
            {
                var reason = $"member '{member.MemberId}' of group '{member.Group}' at generation {member.Generation} is not in the group any more";
                _transactionFault = Faults.Of(error, reason, FaultKind.AbortsTransaction);
                throw Failure(what, _transactionFault);
            }

            RequireNotFenced(what, error);
        }
    }

    public void CommitTransaction(TimeSpan timeout)
    {
        const string What = "commit the transaction";
        RequireTransactional();
        FlushWithin(What, timeout);
        lock (_host.Gate)
        {
            Require(What, TransactionState.Open);
            RequireHealthy(What);
            var ordered = _host.Plan.TakeTransactionFault();
            if (ordered is null or { TakesEffect: true })
            {
                RequireNotFenced(What, _host.Cluster.EndTransaction(_identity, commit: true));
                _host.WakeAll();
            }

            if (ordered is not null)
            {
                // A retriable one may be tried again: a commit that took effect is answered as if it had not been asked for before.
                if (ordered.Fault.Kind != FaultKind.Retriable)
                    TakeNote(ordered.Fault);
                throw Failure(What, ordered.Fault);
            }

            _state = TransactionState.Ready;
        }
    }

    public void AbortTransaction(TimeSpan timeout)
    {
        const string What = "abort the transaction";
        RequireTransactional();
        lock (_host.Gate)
        {
            Require(What, TransactionState.Open);
            PurgeAll("the transaction was aborted before the record was");
            Parking.Wake();
        }

        FlushWithin(What, timeout);
        lock (_host.Gate)
        {
            Require(What, TransactionState.Open);
            RequireNotFenced(What, _host.Cluster.EndTransaction(_identity, commit: false));
            _transactionFault = null;
            _state = TransactionState.Ready;
            _host.WakeAll();
        }
    }

    /// <summary>Under the gate: gives up what is not written, and what is not acknowledged.</summary>
    void PurgeAll(string why)
    {
        var purged = new KafkaFault("Local_PurgeQueue", why + " written", FaultKind.Retriable);
        while (_queue.TryDequeue(out var outgoing))
            _deliveries.Add(outgoing.Partition, new Delivery(outgoing.Listener, outgoing.Token, -1, purged));
        _deliveries.Purge(purged with { Code = "Local_PurgeInflight", Reason = why + " acknowledged" });
    }

    /// <summary>Waits until nothing is outstanding and the brokers answer.</summary>
    void FlushWithin(string what, TimeSpan timeout)
    {
        var end = _host.EndOf(timeout);
        if (!_outstanding.WaitEmpty(timeout))
            throw Failure(what, Faults.TimedOut($"delivering {_outstanding.Count} records"));
        Await(what, end == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(Math.Max(0, (end - _host.Cluster.Now).Ticks)));
    }

    void Await(string what, TimeSpan timeout)
    {
        if (!_host.WaitUntil(timeout, () => !_host.IsDown))
            throw Failure(what, Faults.BrokersDown);
    }

    void RequireTransactional()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!IsTransactional)
            throw new InvalidOperationException($"Producer '{_options.ClientId}' is not transactional: make it with a transactional id.");
    }

    void Require(string what, TransactionState state)
    {
        if (_failure is not null)
            throw Failure(what, _failure);
        if (_state != state)
            throw Failure(what, new KafkaFault("Local_State", $"its transactions are {_state}, which must be {state}", FaultKind.Permanent));
    }

    void RequireHealthy(string what)
    {
        if (_transactionFault is not null)
            throw Failure(what, _transactionFault);
    }

    void RequireNotFenced(string what, ClusterError error)
    {
        if (error == ClusterError.None)
            return;
        Fail(Fenced(error));
        throw Failure(what, _failure!);
    }

    KafkaFault Fenced(ClusterError error) => Faults.Of(
        error, $"a newer producer with transactional id '{_options.TransactionalId}' has taken over, or the transaction took too long", FaultKind.Fatal);
}
