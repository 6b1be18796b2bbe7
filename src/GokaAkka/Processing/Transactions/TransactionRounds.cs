namespace GokaAkka.Processing.Transactions;

/// <summary>
/// The transactions of a processor, one after the other. All its partitions share the one that is open; a round ends it: every partition stops
/// between two records and waits for its acknowledgements, then all of it is committed together with the offsets they have come to. What a
/// failed callback asked for was never sent, so only a partition that vanishes, or a commit that fails, costs a transaction; then all of them
/// start again from the committed state, under a new producer, which is also the answer to not knowing whether a commit took effect.
/// </summary>
/// <remarks>A plain state machine that is called, from one thread at a time.</remarks>
sealed class TransactionRounds(ITransactionHost host)
{
    readonly List<Member> _members = [];
    readonly List<TopicPartitionOffset> _offsets = [];
    IRecordSender? _sender;
    State _state = State.Opening;
    bool _isScheduled;

    enum State
    {
        /// <summary>A producer is being made.</summary>
        Opening,

        /// <summary>Partitions send into an open transaction.</summary>
        Open,

        /// <summary>Partitions are coming to a stop.</summary>
        Cutting,

        /// <summary>The brokers have been asked to commit.</summary>
        Committing,
    }

    /// <summary>
    /// Whether the state that the brokers call committed is final: no transaction before the open one is undecided. Only then may a partition
    /// be started from it.
    /// </summary>
    public bool IsDecided => _state is State.Open or State.Cutting;

    /// <summary>Opens the first transaction.</summary>
    public void Start() => host.Open();

    /// <summary>A transaction is open, on a new producer.</summary>
    public void Opened(IRecordSender sender)
    {
        _sender = sender;
        _state = State.Open;
        Go();
    }

    /// <summary>A partition is restored and wants to take part. It is admitted at once, or with the next transaction.</summary>
    public void Enlist(ITransactionMember port)
    {
        var member = new Member(port);
        _members.Add(member);
        if (_state == State.Open)
            Admit(member);
    }

    /// <summary>Partitions have processed something in the open transaction.</summary>
    public void Touched()
    {
        if (_isScheduled)
            return;
        _isScheduled = true;
        host.ScheduleRound();
    }

    /// <summary>The commit interval has passed.</summary>
    public void RoundDue()
    {
        _isScheduled = false;
        if (_state == State.Open)
            Cut();
    }

    /// <summary>A partition wants to leave with what it has done: the transaction is ended for that as soon as may be.</summary>
    public void Leave(ITransactionMember port)
    {
        if (Find(port) is not { } member)
            return;
        member.IsLeaving = true;
        if (!member.IsAdmitted)
            Remove(member);
        else if (_state == State.Open)
            Cut();
    }

    /// <summary>A partition goes that has sent nothing since it was admitted, if it was.</summary>
    public void Withdraw(ITransactionMember port)
    {
        if (Find(port) is { } member && _members.Remove(member))
            CommitIfCut();
    }

    /// <summary>
    /// A partition is gone. Unless it has left in good order, what it sent is in the open transaction and its offsets are not: that cannot be
    /// committed.
    /// </summary>
    public void Gone(ITransactionMember port)
    {
        if (Find(port) is not { } member)
            return;
        _members.Remove(member);
        // Under commit the offsets of all who were admitted are with the brokers already.
        if (member.IsAdmitted && _state is State.Open or State.Cutting)
            Break(new TransactionException($"Partition {port.Partition} went away in the middle of a transaction; it is not committed."));
    }

    /// <summary>A partition has stopped between two records, and all it has sent is acknowledged.</summary>
    /// <param name="port">The partition.</param>
    /// <param name="offsets">The offsets it has come to, where they are not those of the last transaction.</param>
    public void CutReached(ITransactionMember port, IReadOnlyList<TopicPartitionOffset> offsets)
    {
        if (_state != State.Cutting || Find(port) is not { IsCut: false } member)
            return;
        member.IsCut = true;
        _offsets.AddRange(offsets);
        if (offsets.Count > 0)
            member.Known = offsets[^1];
        CommitIfCut();
    }

    /// <summary>Partitions have not stopped in the time a transaction may take.</summary>
    public void CutOverdue()
    {
        if (_state != State.Cutting)
            return;
        var late = string.Join(", ", _members.Where(m => m is { IsAdmitted: true, IsCut: false }).Select(m => m.Port.Partition).Order());
        Break(new TransactionException(
            $"The transaction could not be ended in time: what partition {late} has begun is not finished. A deferred commit that is not completed, "
            + "concurrent callbacks that take long, or brokers that do not acknowledge hold it up; goka.processor.transaction.timeout bounds it."));
    }

    /// <summary>The transaction is committed, and the next one is open.</summary>
    public void Committed()
    {
        if (_state != State.Committing)
            return;
        _state = State.Open;
        Go();
    }

    /// <summary>The transaction is not committed, or nobody knows; or the producer is of no more use.</summary>
    public void Failed(Exception reason)
    {
        if (_state != State.Opening)
            Break(new TransactionException($"A transaction failed: {reason.Message}", reason));
    }

    void Go()
    {
        foreach (var member in _members.ToArray())
        {
            if (!member.IsAdmitted)
                Admit(member);
            else if (member is { IsLeaving: true, IsCut: true })
                Remove(member);
            else
                member.Port.Go();
            member.IsCut = false;
        }
    }

    void Cut()
    {
        _state = State.Cutting;
        _offsets.Clear();
        host.AwaitCut();
        foreach (var member in _members.ToArray())
        {
            if (member.IsAdmitted)
                member.Port.Hold();
        }

        CommitIfCut();
    }

    void CommitIfCut()
    {
        if (_state != State.Cutting || _members.Exists(m => m is { IsAdmitted: true, IsCut: false }))
            return;
        _state = State.Committing;
        // Offsets carry the proof of membership: without any, as when only keys were visited, the brokers could not tell a node that has lost its
        // partitions without knowing it. One that is committed already changes nothing else.
        if (_offsets.Count == 0 && _members.Find(m => m is { IsAdmitted: true, Known: not null })?.Known is { } known)
            _offsets.Add(known);
        host.Commit([.. _offsets]);
    }

    void Break(TransactionException reason)
    {
        _state = State.Opening;
        _isScheduled = false;
        _sender = null;
        var admitted = _members.FindAll(m => m.IsAdmitted);
        _members.RemoveAll(m => m.IsAdmitted);
        foreach (var member in admitted)
            member.Port.RollBack(reason);
        host.Open();
    }

    void Admit(Member member)
    {
        member.IsAdmitted = true;
        member.Port.Admit(_sender!);
    }

    void Remove(Member member)
    {
        _members.Remove(member);
        member.Port.Left();
    }

    Member? Find(ITransactionMember port) => _members.Find(m => ReferenceEquals(m.Port, port));

    sealed class Member(ITransactionMember port)
    {
        public ITransactionMember Port { get; } = port;

        public bool IsAdmitted { get; set; }

        public bool IsLeaving { get; set; }

        public bool IsCut { get; set; }

        /// <summary>An offset that it has come to and that is committed, or is about to be.</summary>
        public TopicPartitionOffset? Known { get; set; } = port.Start;
    }
}
