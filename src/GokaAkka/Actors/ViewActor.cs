using Akka.Actor;
using Akka.Event;
using GokaAkka.Runtime;

namespace GokaAkka.Actors;

/// <summary>What a view's actor needs: made once, immutable.</summary>
sealed record ViewContext<T>
{
    public required Table<T> Table { get; init; }

    /// <summary>Whose local stores these are.</summary>
    public required string Owner { get; init; }

    public TableUpdate? Update { get; init; }

    /// <summary>Called once the view's stores are closed, before it is told to have ended.</summary>
    public Action StoresClosed { get; init; } = static () => { };

    public required GokaSettings Settings { get; init; }

    public required IKafkaClient Kafka { get; init; }

    public required Lazy<IStorageProvider> Storage { get; init; }

    public required NodeRuntime Runtime { get; init; }

    public required ViewStatus Status { get; init; }

    public required LocalTables<T> Tables { get; init; }

    /// <summary>What becomes of values that the codec cannot read.</summary>
    public required UnreadableValues Unreadable { get; init; }

    /// <summary>
    /// What else ends it: the group that looks the table up, by whose rules a partition that fails is started again; null where it goes on for ever.
    /// </summary>
    public string? NeededBy { get; init; }

    /// <summary>Whether to ask the brokers now and then whether they are there; of no use where nobody sees the view's state.</summary>
    public bool ChecksConnection { get; init; } = true;

    public ViewChanges<T> Changes { get; } = new();
}

/// <summary>
/// A view: one <see cref="TableActor{T}"/> per partition of the table. One that fails is started again with growing pauses, for ever, but for a view that a
/// processor looks up, which ends by the rules for the processor's partitions: a view goes on serving what it knows, and says so by its state. So it does when the brokers are away: it asks them now and then, since a table that
/// nobody writes to is silent in any case.
/// </summary>
sealed class ViewActor<T> : ReceiveActor, IWithTimers
{
    // While the brokers are away they are asked at least so often.
    static readonly TimeSpan LongestPauseWhileLost = TimeSpan.FromSeconds(1);

    readonly ViewContext<T> _context;
    readonly ILoggingAdapter _log = Context.GetLogger();
    readonly Dictionary<IActorRef, int> _tables = [];
    readonly HashSet<int> _missing = [];
    readonly Dictionary<int, RestartBackoff> _backoffs = [];
    readonly Dictionary<int, Exception> _failures = [];
    readonly ViewConnection _connection = new();
    readonly IActorRef _self;
    readonly CancellationTokenSource _ended = new();
    KeptTable<T>[] _kept = [];
    ITopicManager? _topics;
    ITableReader? _reader;
    TimeSpan? _tombstoneRetention;
    Exception? _failure;
    bool _isAsking;
    bool _isWaitingForProgress;

    public ViewActor(ViewContext<T> context)
    {
        _context = context;
        _self = Self;
        context.Status.ListenerFailed = e => _log.Error(e, "View of {0}: a listener of StateChanged has failed: {1}", context.Table.Name, e.Message);
        Receive<Partitions>(Start);
        Receive<Status.Failure>(m => Fail(m.Cause is KafkaFaultException e
            ? new StartupException($"view of {_context.Table.Name}", [TopicStartup.Reason(e, _context.Settings.StartTimeout)], e) : m.Cause));
        Receive<TableRestored>(Restored);
        Receive<Evict>(Forward);
        Receive<TableFailed>(Failed);
        Receive<Terminated>(m => Ended(m.ActorRef));
        Receive<StartDue>(m => StartPartition(m.Partition));
        Receive<CheckDue>(_ => Check());
        Receive<Answer>(m => Answered(m.Ends));
        Receive<NoAnswer>(m => NotAnswered(m.Cause));
        Receive<Progressed>(_ =>
        {
            _isWaitingForProgress = false;
            Settle();
        });
        Receive<StopView>(_ => Context.Stop(Self));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ViewContext<T> context) => ActorFactory.Props(() => new ViewActor<T>(context));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart() => Guarded(() =>
    {
        _topics = _context.Kafka.CreateTopicManager();
        var settings = _context.Settings;
        new Persistence(_context.Status.Troubles, $"table {_context.Table.Name}", settings.ViewMinBackoff, settings.ViewMaxBackoff, _context.Runtime)
            .Ask(Look, _ended.Token, settings.StartTimeout).PipeTo(Self);
        return true;
    });

    // The guardian would start an actor that throws again, and again, without anybody being told.
    protected override bool AroundReceive(Receive receive, object message) => Guarded(() => base.AroundReceive(receive, message));

    protected override void PostStop()
    {
        _ended.Cancel();
        _reader?.Dispose();
        _topics?.Dispose();
        foreach (var status in _context.Status.Partitions.Values)
            status.Table = null;
        _context.Tables.SetCount(0);
        foreach (var kept in _kept)
            kept.Close();
        _context.Changes.End(_failure);
        _context.StoresClosed();
        _context.Status.End(_failure);
    }

    bool Guarded(Func<bool> handle)
    {
        try
        {
            return handle();
        }
        catch (Exception e)
        {
            Fail(e);
            return true;
        }
    }

    async Task<Partitions> Look()
    {
        var name = _context.Table.Name;
        var found = await _topics!.Describe([name], _ended.Token).ConfigureAwait(false);
        if (!found.TryGetValue(name, out var topic))
            throw TopicStartup.NotYetThere(name);
        var mismatches = TopicRequirements.TableMismatches(topic).ToList();
        if (mismatches.Count > 0 && _context.Settings.Kafka.OnMismatch == MismatchPolicy.Fail)
            throw new StartupException($"view of {name}", mismatches);
        if (_context.Settings.Kafka.OnMismatch == MismatchPolicy.Warn)
            mismatches.ForEach(m => _log.Warning("View of {0}: {1}", name, m));
        return new Partitions(topic.Partitions, topic.TombstoneRetention);
    }

    void Start(Partitions found)
    {
        var (settings, count) = (_context.Settings, found.Count);
        _tombstoneRetention = found.TombstoneRetention;
        _reader = _context.Kafka.CreateTableReader(new TableReaderOptions($"{_context.Settings.Kafka.ClientId}-view-{_context.Table.Name}"));
        _context.Tables.SetCount(count);
        _kept = [.. Enumerable.Range(0, count).Select(static _ => new KeptTable<T>())];
        for (var i = 0; i < count; i++)
        {
            _missing.Add(i);
            _context.Status.Partitions[i] = new PartitionStatus(i);
            _backoffs[i] = _context.NeededBy is null
                ? new RestartBackoff(settings.ViewMinBackoff, settings.ViewMaxBackoff, int.MaxValue, TimeSpan.FromMinutes(5))
                : new RestartBackoff(
                    settings.Processor.MinBackoff, settings.Processor.MaxBackoff, settings.Processor.MaxRestarts, settings.Processor.RestartsWithin);
            StartPartition(i);
        }

        Settle();
        CheckLater(settings.ViewCheckInterval);
    }

    void StartPartition(int partition)
    {
        var settings = _context.Settings;
        var status = _context.Status.Partitions[partition];
        status.State = PartitionState.Restoring;
        status.RestoreStarted = _context.Runtime.Time.GetUtcNow();
        var actor = Context.ActorOf(TableActor<T>.Props(new TableSource<T>
        {
            Id = new StorageId(_context.Owner, _context.Table.Name, partition),
            Codec = _context.Table.Codec,
            Storage = _context.Storage.Value,
            Reader = _reader!,
            Topics = _topics!,
            Runtime = _context.Runtime,
            CacheBytes = Math.Max(settings.ViewCacheBytes / _context.Tables.Count, settings.Table.SmallestCache),
            WriteBytes = settings.Table.RestoreWriteBytes,
            Batches = settings.Table.RestoreBatches,
            Follow = true,
            TombstoneRetention = _tombstoneRetention,
            Kept = _kept[partition],
            Troubles = _context.Status.Troubles,
            Emptying = () => _context.Tables.Clear(partition),
            Interrupted = () => _self.Tell(CheckDue.Instance),
            Update = _context.Update,
            Progress = progress =>
            {
                status.Take(progress);
                _context.Status.Pulse();
            },
            Applied = _context.Changes.Publish,
        }));
        _tables[actor] = partition;
        Context.Watch(actor);
    }

    void Forward(Evict message)
    {
        var partition = _context.Tables.PartitionOf(message.Key.Span);
        if (_tables.FirstOrDefault(t => t.Value == partition).Key is { } table && !_missing.Contains(partition))
            table.Tell(message);
        else
            message.Done.TrySetException(new PartitionNotHereException($"view of {_context.Table.Name}", partition, message.Key.ToString(), _context.Status.State));
    }

    void Restored(TableRestored message)
    {
        var partition = message.Table.Id.Partition;
        _context.Tables.Set(partition, (PartitionTable<T>)message.Table);
        _context.Status.Partitions[partition].Table = message.Table;
        _context.Status.Partitions[partition].State = PartitionState.Running;
        _missing.Remove(partition);
        _context.Status.Troubles.End(Name(partition));
        Settle();
    }

    void Failed(TableFailed message)
    {
        var partition = message.Id.Partition;
        _failures[partition] = message.Error;
        _context.Status.Partitions[partition].LastError = message.Error;
        _log.Warning("View of {0}: partition {1} has failed and starts again: {2}", _context.Table.Name, partition, message.Error.Message);
    }

    void Ended(IActorRef actor)
    {
        if (!_tables.Remove(actor, out var partition))
            return;
        _missing.Add(partition);
        if (!_failures.Remove(partition, out var error))
            error = new InvalidOperationException("The table's actor ended unexpectedly; the log has its error.");
        CloseWhatFailed(partition, error);
        _context.Status.Troubles.Meet(Name(partition), error.Message);
        var status = _context.Status.Partitions[partition];
        status.State = PartitionState.Restarting;
        status.Restarts++;
        Settle();
        var backoff = _backoffs[partition];
        var restarts = backoff.Count;
        var pause = ErrorRules.IsPassing(error) ? _context.Settings.ViewMinBackoff : backoff.Next(_context.Runtime.Time.GetUtcNow());
        if (pause is null && _context.NeededBy is { } group)
            Fail(new ProcessorFailedException(group, partition, restarts, error, _context.Table.Name));
        else
            Timers.StartSingleTimer(partition, new StartDue(partition), pause ?? _context.Settings.ViewMaxBackoff);
    }

    string Name(int partition) => $"table {new StorageId(_context.Owner, _context.Table.Name, partition)}";

    /// <summary>A store that is damaged or reads no more is opened again; any other is served until its partition has caught up again.</summary>
    void CloseWhatFailed(int partition, Exception error)
    {
        var kept = _kept[partition];
        var isDamaged = error is StorageCorruptException;
        if (!isDamaged && kept.CanRead())
            return;
        _context.Status.Partitions[partition].Table = null;
        _context.Tables.Clear(partition);
        kept.Close();
        if (!isDamaged)
            return;
        var id = new StorageId(_context.Owner, _context.Table.Name, partition);
        _log.Warning("Table {0}: the local store is removed and restored from the changelog: {1}", id, error.Message);
        _context.Storage.Value.Delete(id);
    }

    void CheckLater(TimeSpan pause)
    {
        if (_context.ChecksConnection)
            Timers.StartSingleTimer(nameof(CheckDue), CheckDue.Instance, pause);
    }

    void Check()
    {
        if (_isAsking || !_context.ChecksConnection)
            return;
        _isAsking = true;
        _reader!.Ends(_context.Table.Name, _context.Tables.Count, _context.Settings.ViewCheckTimeout)
            .PipeTo(Self, success: ends => new Answer(ends), failure: e => new NoAnswer(e));
    }

    void Answered(IReadOnlyList<long> ends)
    {
        _isAsking = false;
        if (_connection.Answer(ends))
            _log.Info("View of {0}: the brokers answer again", _context.Table.Name);
        Settle();
        CheckLater(_context.Settings.ViewCheckInterval);
    }

    void NotAnswered(Exception error)
    {
        _isAsking = false;
        if (_connection.Lose())
            _log.Warning("View of {0}: the brokers do not answer, it serves what it knows: {1}", _context.Table.Name, error.Message);
        Settle();
        var interval = _context.Settings.ViewCheckInterval;
        CheckLater(interval < LongestPauseWhileLost ? interval : LongestPauseWhileLost);
    }

    void Settle()
    {
        var status = _context.Status;
        // Taken before looking: progress between the two ends it.
        var progress = status.Progress;
        _connection.Advance(i => status.Partitions[i].TableOffset);
        status.State = _connection.IsLost ? ViewState.Reconnecting
            : _connection.IsBehind || _missing.Count > 0 ? ViewState.CatchingUp
            : ViewState.Running;
        if (!_connection.IsBehind || _isWaitingForProgress)
            return;
        _isWaitingForProgress = true;
        progress.PipeTo(Self, success: static () => Progressed.Instance);
    }

    void Fail(Exception error)
    {
        _failure = error;
        _log.Error(error, _kept.Length == 0 ? "View of {0} cannot start: {1}" : "View of {0} has failed: {1}", _context.Table.Name, error.Message);
        Context.Stop(Self);
    }

    sealed record Partitions(int Count, TimeSpan? TombstoneRetention);

    sealed record StartDue(int Partition);

    sealed record CheckDue { public static readonly CheckDue Instance = new(); }

    sealed record Answer(IReadOnlyList<long> Ends);

    sealed record NoAnswer(Exception Cause);

    sealed record Progressed { public static readonly Progressed Instance = new(); }
}

/// <summary>Stop.</summary>
sealed record StopView { public static readonly StopView Instance = new(); }
