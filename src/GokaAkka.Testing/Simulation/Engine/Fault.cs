namespace GokaAkka.Testing.Simulation;

/// <summary>What goes wrong in a simulation, and what follows of it; counted by kind.</summary>
enum Fault
{
    RequestLost,
    ReplyLost,
    RequestRepeated,
    MessageLate,
    BrokerDown,
    LeaderMoved,
    CoordinatorMoved,
    ProcessCrashed,
    ProcessPaused,
    NodeStopped,
    PartitionsRevoked,
    PartitionsLost,
    CommitRefused,
    PollStalled,
    StoreWriteFailed,
    StoreWriteSlow,
    StoreTorn,
    StoreRolledBack,
    StoreWiped,
    ClockJumped,
    LogCompacted,
    InputRetained,
    TableTruncated,
    TableRecreated,
    CallbackFailed,
    RecordSkipped,
    RecordDeadLettered,
    RecordRetried,
    RecordRefused,
    InputAborted,
    PartitionRestarted,
    ProcessorFailed,
    StrayTableWrite,
    TransactionAborted,
    TransactionTimedOut,
    ProducerFenced,
}

/// <summary>How often each kind of fault has struck.</summary>
sealed class FaultCounts
{
    readonly long[] _counts = new long[Enum.GetValues<Fault>().Length];

    public long this[Fault fault] => _counts[(int)fault];

    public void Add(Fault fault, long times = 1) => _counts[(int)fault] += times;

    /// <summary>Adds those of another run.</summary>
    public void Add(FaultCounts other)
    {
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
    }

    /// <summary>Every kind with its count, also those that never struck.</summary>
    public IEnumerable<(Fault Fault, long Count)> All => Enum.GetValues<Fault>().Select(f => (f, this[f]));
}
