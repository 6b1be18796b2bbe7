using Akka.Actor;
using Akka.Event;
using GokaAkka.Codecs;

namespace GokaAkka.Actors;

/// <summary>
/// A partition that this node does not have and keeps ready: follows the changelogs of its own and joined tables, without callbacks and commits. What
/// fails is started again with growing pauses: for ever, or, while the processor waits for it, by the rules for its partitions. The tables stay open when
/// it ends: the partition's actor takes them over, or the parent closes them.
/// </summary>
sealed class StandbyActor<TState> : ReceiveActor, IWithTimers, ITableEdgeVisitor<Props>
{
    readonly ProcessorContext<TState> _processor;
    readonly TableHome _home;
    readonly int _partition;
    readonly KeptTables _kept;
    readonly PartitionStatus _status;
    readonly ILoggingAdapter _log = Context.GetLogger();
    readonly RestartBackoff _backoff;
    readonly Dictionary<IActorRef, string> _readers = [];
    readonly HashSet<string> _missing = [];
    readonly Dictionary<string, Exception> _failures = [];

    // Whether the processor waits for its tables before it joins the group.
    bool _isAwaited;

    public StandbyActor(ProcessorContext<TState> processor, TableHome home, int partition, KeptTables kept, PartitionStatus status, bool isAwaited)
    {
        (_processor, _home, _partition, _kept, _status, _isAwaited) = (processor, home, partition, kept, status, isAwaited);
        var s = processor.Settings.Processor;
        _backoff = new RestartBackoff(s.MinBackoff, s.MaxBackoff, isAwaited ? s.MaxRestarts : int.MaxValue, s.RestartsWithin);
        Receive<TableRestored>(Restored);
        Receive<TableFailed>(m => _failures[m.Id.Topic] = m.Error);
        Receive<Terminated>(m => Ended(m.ActorRef));
        Receive<StartDue>(m => Follow(m.Table));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(
        ProcessorContext<TState> processor, TableHome home, int partition, KeptTables kept, PartitionStatus status, bool isAwaited) =>
        ActorFactory.Props(() => new StandbyActor<TState>(processor, home, partition, kept, status, isAwaited));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        _status.Role = PartitionRole.Standby;
        _status.RestoreStarted = _processor.Time.GetUtcNow();
        foreach (var table in _processor.Graph.PartitionedTables)
            Follow(table);
    }

    protected override void PostStop()
    {
        foreach (var table in _processor.Graph.PartitionedTables)
            _processor.Status.Troubles.End(Name(table));
        StopServing(_processor.Graph.GroupTable);
        _status.State = PartitionState.Stopped;
    }

    Props ITableEdgeVisitor<Props>.Visit<T>(TableEdge<T> edge) => Reader(edge.Codec, edge.Topic, static _ => { });

    Props Reader<T>(ICodec<T> codec, string topic, Action<TableProgress> progress) =>
        TableActor<T>.Props(_home.Source(codec, topic, _partition, follow: true, progress) with
        {
            Kept = _kept.Of<T>(topic),
            Emptying = () => StopServing(topic),
        });

    void Follow(string table)
    {
        _status.State = PartitionState.Restoring;
        _missing.Add(table);
        var props = _processor.Graph.Persist is { } own && own.Topic == table
            ? Reader(own.Codec, table, _status.Take)
            : _processor.Graph.AllEdges.OfType<TableEdge>().First(e => e.Kind == EdgeKind.Join && e.Topic == table).Accept(this);
        var reader = Context.ActorOf(props);
        _readers.Add(reader, table);
        Context.Watch(reader);
    }

    void Restored(TableRestored message)
    {
        _missing.Remove(message.Table.Id.Topic);
        _processor.Status.Troubles.End(Name(message.Table.Id.Topic));
        if (message.Table is PartitionTable<TState> own && own.Id.Topic == _processor.Graph.GroupTable)
        {
            _status.Table = own;
            _processor.Standbys.Set(_partition, own);
        }

        if (_missing.Count > 0)
            return;
        _isAwaited = false;
        _status.State = PartitionState.Following;
        Context.Parent.Tell(new StandbyReady(_partition));
    }

    void Ended(IActorRef reader)
    {
        if (!_readers.Remove(reader, out var table))
            return;
        _missing.Add(table);
        var error = _failures.Remove(table, out var told) ? told : new InvalidOperationException("The table's actor ended unexpectedly; the log has its error.");
        _status.LastError = error;
        _status.State = PartitionState.Restarting;
        _status.Restarts++;
        CloseWhatFailed(table, error);
        var restarts = _backoff.Count;
        var next = ErrorRules.IsPassing(error) ? _processor.Settings.Processor.MinBackoff : _backoff.Next(_processor.Time.GetUtcNow());
        if (_isAwaited)
        {
            _processor.Status.Troubles.Meet(Name(table), error.Message);
            if (next is null)
            {
                Context.Parent.Tell(new Status.Failure(new ProcessorFailedException(_processor.Graph.Group, _partition, restarts, error, table)));
                return;
            }
        }

        var pause = next ?? _processor.Settings.Processor.MaxBackoff;
        _log.Warning(
            "Group {0}: the standby of partition {1} starts table {2} again in {3} ms: {4}",
            _processor.Graph.Group, _partition, table, (long)pause.TotalMilliseconds, error.Message);
        Timers.StartSingleTimer(table, new StartDue(table), pause);
    }

    /// <summary>A store that is damaged or reads no more is opened again; any other stays and is read on from where it is.</summary>
    void CloseWhatFailed(string topic, Exception error)
    {
        var isDamaged = error is StorageCorruptException;
        if (!isDamaged && _kept[topic].CanRead())
            return;
        StopServing(topic);
        _kept[topic].Close();
        if (!isDamaged)
            return;
        var id = new StorageId(_processor.Graph.Group, topic, _partition);
        _log.Warning("Table {0}: the local store is removed and restored from the changelog: {1}", id, error.Message);
        _processor.Storage.Value.Delete(id);
    }

    string Name(string table) => $"table {new StorageId(_processor.Graph.Group, table, _partition)}";

    void StopServing(string? topic)
    {
        if (topic is null || topic != _processor.Graph.GroupTable)
            return;
        _status.Table = null;
        _processor.Standbys.Clear(_partition);
    }

    sealed record StartDue(string Table);
}

/// <summary>A standby has come up to its changelogs.</summary>
sealed record StandbyReady(int Partition);
