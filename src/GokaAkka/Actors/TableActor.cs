using Akka.Actor;
using Akka.Event;
using GokaAkka.Codecs;
using GokaAkka.Runtime;

namespace GokaAkka.Actors;

/// <summary>
/// Brings one table partition up to its changelog, on its own thread of work so that neither polling nor processing waits for a disk, and
/// either ends then (a group's own table, which is its parent's to close) or follows it for ever (views).
/// </summary>
sealed class TableActor<T> : ReceiveActor, IWithTimers
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // How often the changelog is asked for its end while it has ended before that.
    static readonly TimeSpan EndPause = TimeSpan.FromSeconds(1);

    readonly TableSource<T> _source;
    readonly ILoggingAdapter _log = Context.GetLogger();
    readonly TimeProvider _time;
    long _began;
    PartitionTable<T>? _table;
    TableFollower<T>? _follower;
    ITableSubscription? _subscription;
    readonly Persistence _persistence;
    bool _isInterrupted;

    // Counts what the reader has told, so that an answer from before it ends nothing.
    int _faults;
    StorageCorruptException? _corruption;

    // Counts reads begun, so that what an abandoned one still delivers is recognized.
    int _read;

    public TableActor(TableSource<T> source)
    {
        _source = source;
        _time = source.Runtime.Time;
        _persistence = new Persistence(source.Troubles, $"table {source.Id}", FirstPause, LongestPause, source.Runtime);
        Receive<Records>(Guarded<Records>(m => OnRecords(m)), m => m.Read == _read);
        Receive<Records>(m => m.Batch.Dispose());
        Receive<End>(Guarded<End>(m => OnEnd(m)), m => m.Read == _read);
        Receive<Fault>(m => OnFault(m.What), m => m.Read == _read);
        Receive<Evict>(Guarded<Evict>(m =>
        {
            _follower?.Write();
            _table!.Evict(m.Key);
            m.Done.TrySetResult();
        }));
        Receive<Offsets>(Guarded<Offsets>(m =>
        {
            GoesOn();
            Begin(m.Range, m.KeptFrom);
        }));
        Receive<AskDue>(Guarded<AskDue>(_ => AskOffsets()));
        Receive<EndDue>(Guarded<EndDue>(m => AskEnd(m.Read)), m => m.Read == _read);
        Receive<EndFound>(Guarded<EndFound>(FoundEnd), m => m.Read == _read);
        Receive<AnswerDue>(_ => AskWhetherItAnswers());
        Receive<Answered>(m => Answer(m.Faults, null));
        Receive<NotAnswered>(m => Answer(m.Faults, m.Error));
        Receive<Status.Failure>(m => NoOffsets(m.Cause));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(TableSource<T> source) => ActorFactory.Props(() => new TableActor<T>(source));

    protected override void PreStart()
    {
        _began = _time.GetTimestamp();
        try
        {
            _table = _source.Table ?? _source.Kept?.Table ?? _source.Open(_log);
            if (_source.Kept is { } kept)
                kept.Table = _table;
            AskOffsets();
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    protected override void PostStop()
    {
        _subscription?.Dispose();
        GoesOn();
        if (_source.Table is not null || _source.Kept is not null)
            return;
        _table?.Dispose();
        if (_corruption is not null)
            _source.Discard(_log, _corruption.Message);
    }

    void AskOffsets() => AskOffsets(_table!.Store.Position).PipeTo(Self, failure: e => new Status.Failure(e));

    async Task<Offsets> AskOffsets(StorePosition stored)
    {
        var (topic, partition) = (_source.Id.Topic, _source.Id.Partition);
        var range = await _source.Topics.Offsets(topic, partition).ConfigureAwait(false);
        var now = _time.GetUtcNow();
        if (_source.TombstoneRetention is not { } kept || stored.NextOffset == 0
            || !RestorePlan.MayMissDeletions(stored, range, now.ToUnixTimeMilliseconds(), kept))
        {
            return new Offsets(range, null);
        }

        return new Offsets(range, await _source.Topics.OffsetAt(topic, partition, now - kept).ConfigureAwait(false));
    }

    void NoOffsets(Exception error)
    {
        if (error is not KafkaFaultException { Fault.Kind: FaultKind.Retriable })
        {
            Fail(error);
            return;
        }

        Interrupted(error);
        Timers.StartSingleTimer(nameof(AskDue), AskDue.Instance, _persistence.Failed(error));
    }

    void Interrupted(Exception error)
    {
        if (!_isInterrupted)
            _log.Warning("Table {0}: reading the changelog is interrupted and goes on by itself: {1}", _source.Id, error.Message);
        _isInterrupted = true;
        _source.Interrupted?.Invoke();
    }

    void GoesOn()
    {
        if (!_isInterrupted)
            return;
        _isInterrupted = false;
        _persistence.Succeeded();
    }

    void Begin(OffsetRange range, long? keptFrom)
    {
        _follower = new TableFollower<T>(_table!, _source.WriteBytes, _source.Update, _source.Emptying);
        var plan = _follower.Begin(range, _time.GetUtcNow().ToUnixTimeMilliseconds(), _source.TombstoneRetention, keptFrom);
        if (plan.RebuildReason is { } reason)
            _log.Warning("Table {0}: the local store is emptied and restored from the changelog: {1}", _source.Id, reason);
        if (_follower.IsRestored && !_source.Follow)
        {
            Restored();
            return;
        }

        Subscribe(plan.Start);
        if (_follower.IsRestored)
            Restored();
    }

    void Subscribe(long from)
    {
        _subscription?.Dispose();
        _subscription = _source.Reader.Subscribe(_source.Id.Topic, _source.Id.Partition, from, new Listener(Self, ++_read));
        _subscription.Request(_source.Batches);
    }

    void OnRecords(Records message)
    {
        using var batch = message.Batch;
        GoesOn();
        var wasRestored = _follower!.IsRestored;
        if (_follower.Read(batch) is { } reason)
        {
            BeginAnew(reason);
            return;
        }

        if (wasRestored)
        {
            _follower.Write();
            _source.Applied?.Invoke(batch);
        }

        Report(wasRestored);
        // Gone when these records were the last to restore and nothing is followed.
        _subscription?.Request(1);
    }

    void OnEnd(End message)
    {
        GoesOn();
        var wasRestored = _follower!.IsRestored;
        if (_follower.ReachedEnd(message.NextOffset) is { } reason)
        {
            BeginAnew(reason);
            return;
        }

        Report(wasRestored);
        if (!_follower.IsRestored)
            AskEndLater();
    }

    // A transaction that is open holds back what is behind it; a topic that was made anew never gets there.
    void AskEndLater() => Timers.StartSingleTimer(nameof(EndDue), new EndDue(_read), EndPause);

    void AskEnd(int read) => _source.Topics.Offsets(_source.Id.Topic, _source.Id.Partition)
        .PipeTo(Self, success: range => new EndFound(range.High, read), failure: _ => new EndFound(long.MaxValue, read));

    void FoundEnd(EndFound message)
    {
        if (_follower!.IsRestored)
            return;
        if (message.End < _follower.Target)
            BeginAnew($"the changelog ends at offset {message.End} and ended at {_follower.Target} when its restore began: the topic was recreated or truncated");
        else
            AskEndLater();
    }

    void BeginAnew(string reason)
    {
        // Somebody is reading it: whoever that is has to take it down first.
        if (_follower!.IsRestored)
            throw new StorageCorruptException($"Table {_source.Id} does not belong to its changelog any more: {reason}.");
        _log.Warning("Table {0}: begins anew: {1}", _source.Id, reason);
        _subscription!.Dispose();
        _read++;
        AskOffsets();
    }

    void Report(bool wasRestored)
    {
        if (!wasRestored && _follower!.IsRestored)
            Restored();
        else
            Progress();
    }

    void Restored()
    {
        var elapsed = _time.GetElapsedTime(_began);
        _log.Info(
            "Table {0} is restored: {1} records from the changelog in {2} ms, up to offset {3}",
            _source.Id, _follower!.Restored, (long)elapsed.TotalMilliseconds, _follower.NextOffset);
        Progress();
        if (!_source.Follow)
        {
            _subscription?.Dispose();
            _subscription = null;
        }

        Context.Parent.Tell(new TableRestored(_table!, _follower.Restored));
        if (!_source.Follow)
            Context.Stop(Self);
    }

    void Progress()
    {
        // Before that, what is read may still wait to be written.
        if (_follower!.IsRestored)
            _table!.Offset = _follower.NextOffset;
        _source.Progress(new TableProgress(_follower.Restored, _follower.IsRestored ? 0 : _follower.Remaining, _follower.NextOffset));
    }

    void OnFault(KafkaFault fault)
    {
        var error = new KafkaFaultException($"The changelog of table {_source.Id} cannot be read", fault);
        if (fault.Kind != FaultKind.Retriable)
        {
            Fail(error);
            return;
        }

        _faults++;
        Interrupted(error);
        AskAgainLater(error);
    }

    // Of a table that nobody writes nothing comes that would show that its leader is back: the reader's own connections are asked.
    void AskAgainLater(Exception error)
    {
        if (_isInterrupted)
            Timers.StartSingleTimer(nameof(AnswerDue), AnswerDue.Instance, _persistence.Failed(error));
    }

    void AskWhetherItAnswers()
    {
        var faults = _faults;
        if (_isInterrupted)
            _source.Reader.Ends(_source.Id.Topic, _source.Id.Partition + 1, LongestPause).PipeTo(Self, success: _ => new Answered(faults), failure: e => new NotAnswered(e, faults));
    }

    void Answer(int faults, Exception? error)
    {
        if (error is not null)
            AskAgainLater(error);
        else if (faults == _faults)
            GoesOn();
    }

    void Fail(Exception error)
    {
        _corruption = error as StorageCorruptException;
        Context.Parent.Tell(new TableFailed(_source.Id, error));
        Context.Stop(Self);
    }

    Action<TMessage> Guarded<TMessage>(Action<TMessage> handle) => message =>
    {
        try
        {
            handle(message);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    };

    sealed record EndDue(int Read);

    sealed record EndFound(long End, int Read);

    sealed record AskDue { public static readonly AskDue Instance = new(); }

    sealed record AnswerDue { public static readonly AnswerDue Instance = new(); }

    sealed record Answered(int Faults);

    sealed record NotAnswered(Exception Error, int Faults);

    sealed record Offsets(OffsetRange Range, long? KeptFrom);

    sealed record Records(RecordBatch Batch, int Read);

    sealed record End(long NextOffset, int Read);

    sealed record Fault(KafkaFault What, int Read);

    sealed class Listener(IActorRef actor, int read) : ITableListener
    {
        public void Read(RecordBatch batch) => actor.Tell(new Records(batch, read));

        public void ReachedEnd(long nextOffset) => actor.Tell(new End(nextOffset, read));

        public void Faulted(KafkaFault fault) => actor.Tell(new Fault(fault, read));
    }
}

/// <summary>Where a table partition comes from and what becomes of it.</summary>
sealed record TableSource<T>
{
    public required StorageId Id { get; init; }

    public required ICodec<T> Codec { get; init; }

    public required IStorageProvider Storage { get; init; }

    /// <summary>The table, when the parent has opened it and closes it; null for a table of the actor's own.</summary>
    public PartitionTable<T>? Table { get; init; }

    /// <summary>Where the table is kept, when it outlives the actor; null for a table of the actor's own.</summary>
    public KeptTable<T>? Kept { get; init; }

    /// <summary>Called on the actor's thread before the table is emptied to be restored from the start.</summary>
    public Action? Emptying { get; init; }

    /// <summary>Told that reading is interrupted, and that it goes on.</summary>
    public TroubleBoard? Troubles { get; init; }

    /// <summary>Called on the actor's thread when reading is interrupted and goes on by itself.</summary>
    public Action? Interrupted { get; init; }

    public required ITableReader Reader { get; init; }

    public required ITopicManager Topics { get; init; }

    public required NodeRuntime Runtime { get; init; }

    public required long CacheBytes { get; init; }

    public required long WriteBytes { get; init; }

    public required int Batches { get; init; }

    /// <summary>Whether to go on reading once it is restored.</summary>
    public required bool Follow { get; init; }

    /// <summary>How long the topic keeps deletions; null when unknown.</summary>
    public TimeSpan? TombstoneRetention { get; init; }

    /// <summary>What to do with records, in place of setting and removing keys.</summary>
    public TableUpdate? Update { get; init; }

    /// <summary>Told the records that have been applied since the table was restored, on the actor's thread.</summary>
    public Action<RecordBatch>? Applied { get; init; }

    /// <summary>Told how far it has got, on the actor's thread.</summary>
    public required Action<TableProgress> Progress { get; init; }

    /// <summary>Opens the table with its store; a damaged one is removed first.</summary>
    /// <exception cref="StorageException">The store cannot be opened.</exception>
    public PartitionTable<T> Open(ILoggingAdapter log)
    {
        IStorage store;
        try
        {
            store = Storage.Open(Id);
        }
        catch (StorageCorruptException e)
        {
            Discard(log, e.Message);
            store = Storage.Open(Id);
        }

        return new PartitionTable<T>(Id, Codec, store, CacheBytes);
    }

    /// <summary>Removes the store, which is closed.</summary>
    public void Discard(ILoggingAdapter log, string reason)
    {
        log.Warning("Table {0}: the local store is removed and restored from the changelog: {1}", Id, reason);
        Storage.Delete(Id);
    }
}

/// <summary>How far a table partition has got.</summary>
/// <param name="Restored">Records read that were not in the store.</param>
/// <param name="Remaining">Records the restore has still to read, about.</param>
/// <param name="NextOffset">The first offset that readers do not see yet.</param>
readonly record struct TableProgress(long Restored, long Remaining, long NextOffset);

/// <summary>A table partition has reached the end its changelog had when the restore began.</summary>
sealed record TableRestored(PartitionTable Table, long Records);

/// <summary>Remove a key from the local table alone.</summary>
sealed record Evict(Key Key, TaskCompletionSource Done);

/// <summary>A table partition cannot be restored or followed.</summary>
sealed record TableFailed(StorageId Id, Exception Error);
