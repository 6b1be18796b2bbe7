using Akka.Actor;
using Akka.Event;
using GokaAkka.Kafka.Polling;

namespace GokaAkka.Actors;

/// <summary>
/// One partition of a group on this node: restores its table, then feeds its <see cref="PartitionTask{TState}"/> with batches, carries its
/// flushes to the store and its watermark to the polling thread, until it drains or is discarded. It fails by saying so to its parent.
/// </summary>
sealed partial class PartitionActor<TState> : ReceiveActor, IWithTimers, IBatchTarget, ITableEdgeVisitor<Props>
{
    // Records processed at most before the actor looks at its other messages, fewer where callbacks take long: a stop is not to wait for them.
    const int MostBudget = 2000;

    // Less would make a segment, and a trip to the brokers, of every few records.
    const long SmallestInFlight = 64 * 1024;

    static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(10);

    readonly ProcessorContext<TState> _processor;
    readonly ProcessorConnections _connections;
    readonly TaskHost _host;
    readonly PartitionFlow[] _flows;
    readonly PartitionStatus _status;
    readonly ILoggingAdapter _log = Context.GetLogger();
    readonly int _partition;
    readonly int _generation;
    readonly TopicPartitionOffset? _start;
    readonly IActorRef _self;
    readonly TableSet _tables = new();
    readonly SentCounters _sent = new();

    // Open from the start, so that it is closed whenever the actor stops, in the midst of the restore too.
    PartitionTable<TState>? _opened;

    // Once it is restored.
    PartitionTable<TState>? _table;
    PartitionTask<TState>? _task;
    Task? _writing;
    Exception? _failure;
    int _joins;
    StorageCorruptException? _corruption;
    bool _workQueued;
    int _budget = 100;

    public PartitionActor(
        ProcessorContext<TState> processor, ProcessorConnections connections, int partition, PartitionFlow[] flows, KeptTables kept, PartitionStatus status)
    {
        _processor = processor;
        _kept = kept;
        _connections = connections;
        _flows = flows;
        _status = status;
        _partition = partition;
        _generation = flows[0].Generation;
        _start = flows.FirstOrDefault(f => f.FirstOffset >= 0) is { } begun ? new TopicPartitionOffset(begun.Id.Topic, partition, begun.FirstOffset) : null;
        _self = Self;
        _host = new TaskHost(status, flows, connections.Poller, processor.Runtime, Self, _log)
        {
            Group = processor.Graph.Group, Partitioner = processor.Partitioner.Name, PassedOver = processor.PassedOver,
        };
        Restoring();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(
        ProcessorContext<TState> processor, ProcessorConnections connections, int partition, PartitionFlow[] flows, KeptTables kept,
        PartitionStatus status) =>
        ActorFactory.Props(() => new PartitionActor<TState>(processor, connections, partition, flows, kept, status)).WithDispatcher(Dispatchers.GokaDispatchers.Partitions);

    // The table's actor fails by message; an exception out of it is a defect, and starting it again would hide that.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    protected override void PreStart()
    {
        _status.Role = PartitionRole.Active;
        _status.Generation = _generation;
        _status.State = PartitionState.Restoring;
        _status.Begin(_flows, _processor.Time);
        if (_processor.Graph.Persist is { } persist)
        {
            _status.RestoreStarted = _processor.Time.GetUtcNow();
            try
            {
                StartOwnTable(persist);
            }
            catch (Exception e)
            {
                GiveUp(e);
                return;
            }
        }

        foreach (var join in _processor.Graph.AllEdges.OfType<TableEdge>().Where(e => e.Kind == EdgeKind.Join))
        {
            Context.ActorOf(join.Accept(this), $"join-{join.Topic}");
            _joins++;
        }

        StartIfComplete();
    }

    protected override void PostStop()
    {
        _task?.Dispose();
        _status.Task = null;
        EndForeignRead();
        _processor.Status.Troubles.End(Unacknowledged);
        _status.Table = null;
        if (_opened is not null)
            _processor.Tables.Remove(_partition, _opened);
        if (_opened is not null && _corruption is not null)
            _damaged[_opened.Id] = _corruption.Message;
        CloseTables();
    }

    static StorageCorruptException? Corruption(Exception? error) =>
        error is null ? null : error as StorageCorruptException ?? Corruption(error.InnerException);

    bool IsComplete => (_table is not null || _processor.Graph.Persist is null) && _tables.Joins.Count == _joins;

    void Restoring()
    {
        Receive<TableRestored>(TableReady);
        Receive<TableFailed>(m => TableLost(m, GiveUp));
        Receive<Admitted>(m => StartTask(m.Sender));
        Receive<LookAfterAcknowledgements>(static _ => { });
        Receive<StartVisit<TState>>(m => m.Run.Abort(_partition));
        Receive<StartAgainAsAsked>(_ => GiveUp(new RestartAskedForException()));
        Receive<ProducerReplaced>(m => GiveUp(m.Error));
        Receive<Drain>(_ =>
        {
            Withdraw();
            Drained();
        });
        Receive<Discard>(_ =>
        {
            Withdraw();
            Discarded();
        });
    }

    void Running()
    {
        Receive<RecordBatch>(batch =>
        {
            Count(batch);
            _task!.Add(batch);
            if (!_workQueued)
                Work();
        });
        Receive<StartVisit<TState>>(m =>
        {
            Try(() => _task!.Add(m.Run));
            if (!_workQueued)
                Work();
        });
        Receive<TableFailed>(m => TableLost(m, Failed));
        Receive<Continue>(_ =>
        {
            _workQueued = false;
            Work();
        });
        Receive<TaskHost.Awake>(_ => Advance());
        Receive<FlushDue>(_ => Flush());
        Receive<LookAfterAcknowledgements>(_ => LookAfterAcks());
        Receive<ForeignKeys>(TakeForeign);
        Receive<CoalesceDue>(_ => Try(() => _task!.SendCoalesced()));
        Receive<FlushWritten>(_ => FlushEnded());
        Receive<Status.Failure>(m => Failed(m.Cause));
        Receive<Drain>(_ => StartDraining());
        Receive<StartAgainAsAsked>(_ => Failed(new RestartAskedForException()));
        Receive<ProducerReplaced>(m => Failed(m.Error));
        Receive<CommitAgainDue>(_ => CommitAgain());
        InTransactions(Failed, static () => { });
        Receive<Discard>(_ => Discarded());
    }

    void TableLost(TableFailed message, Action<Exception> end)
    {
        var isFirst = _failure is null;
        end(message.Error);
        if (isFirst)
            _corruption = message.Id == _opened?.Id ? Corruption(message.Error) : null;
        if (message.Id != _opened?.Id && message.Error is StorageCorruptException damage)
            _damaged[message.Id] = damage.Message;
    }

    void TableReady(TableRestored message)
    {
        if (message.Table.Id.Topic == _processor.Graph.GroupTable)
            _table = (PartitionTable<TState>)message.Table;
        else
            _tables.Joins[message.Table.Id.Topic] = message.Table;
        StartIfComplete();
    }

    void StartIfComplete()
    {
        if (!IsComplete)
            return;
        if (_connections.Transactions is { } transactions)
            transactions.Tell(new Enlist(_partition, _start));
        else
            StartTask(_connections.Producer!);
    }

    void StartTask(IRecordSender sender)
    {
        foreach (var (topic, lookup) in _processor.Lookups)
            _tables.Lookups[topic] = lookup;
        _task = new PartitionTask<TState>(
            _processor.Graph, _partition, _generation, _table, sender, _host,
            new TaskOptions(_processor.Partitioner, _processor.Errors)
            {
                PartitionCount = _connections.Count,
                InFlightBytes = Math.Max(SmallestInFlight, _processor.Settings.Processor.InFlightBytes / _connections.Partitions),
                Partitions = _connections.Partitions,
                IsLost = () => _flows[0].IsLost,
                Lease = _connections.Poller.Lease,
                Sent = _sent,
                Timings = _processor.Timings,
                Tracing = _processor.Settings.Tracing,
                Tables = _tables,
                Unreadable = error =>
                {
                    _status.CountUnreadable();
                    _processor.Unreadable.Count(error);
                },
                DefaultHeaders = _processor.Options.DefaultHeaders,
                IsTransactional = _connections.Transactions is not null,
                IsCoalescing = _processor.CoalesceInterval > TimeSpan.Zero,
            });
        _status.Task = _task;
        Become(Running);
        CommitAgainLater();
        if (_table is not null)
        {
            _processor.Tables.Set(_partition, _table);
            var interval = _processor.Settings.Table.FlushInterval;
            Timers.StartPeriodicTimer(nameof(FlushDue), FlushDue.Instance, interval, interval);
            // In transactions, their ends are the turns.
            if (_processor.CoalesceInterval is var turn && turn > TimeSpan.Zero && _connections.Transactions is null)
                Timers.StartPeriodicTimer(nameof(CoalesceDue), CoalesceDue.Instance, turn, turn);
        }

        _status.State = PartitionState.Running;
        // What brokers have refused or not answered is over.
        if (_status.LastError is { } error && ErrorRules.IsPassing(error))
            _status.LastError = null;
        Context.Parent.Tell(new PartitionReady(_partition, _generation, _status.Processed));
        _connections.Poller.Open(_partition, _generation, this);
    }

    void Count(RecordBatch batch)
    {
        if (batch.Count > 0)
            _status.Input(batch.Topic).Take(batch.Count, batch.Bytes, batch.NextOffset, batch[batch.Count - 1].Timestamp);
    }

    void Work()
    {
        // What a callback has done since the partition left its transactions would be part of the next one, without its offset.
        if (_left)
            return;
        var task = _task!;
        var began = _processor.Time.GetTimestamp();
        Try(() => task.Run(_processor.Time.GetUtcNow().ToUnixTimeMilliseconds(), _budget));
        _budget = _processor.Time.GetElapsedTime(began) > Turn ? Math.Max(1, _budget / 2) : Math.Min(MostBudget, _budget * 2);
        if (_failure is not null)
            return;
        Touch();
        _status.Processed += task.TakeProcessed();
        _status.Take(_sent);
        if (task.IsFlushUrgent)
            Try(task.BeginFlush);
        if (task.Pending is { IsCompleted: false } pending)
        {
            _workQueued = true;
            pending.ContinueWith(
                static (_, self) => ((IActorRef)self!).Tell(Continue.Instance), Self, CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
        else if (task.HasWork)
        {
            _workQueued = true;
            Self.Tell(Continue.Instance);
        }
    }

    void Advance()
    {
        _host.Look();
        Try(() =>
        {
            _task!.Advance();
            if (_connections.Transactions is null)
                TakeCommits();
            else
                CutIfHeld();
            if (_task.Watermark.Table is { Offset: >= 0 } written)
                _status.TableOffset = _table!.Offset = written.Offset + 1;
            LookForForeignRecords();
            WriteReadyFlush();
        });
        // There may be room again for what it sends.
        if (_failure is null && !_workQueued && _task!.HasWork)
            Work();
    }

    void WriteReadyFlush()
    {
        if (_task!.TakeFlush() is not { } flush)
            return;
        var table = _table!;
        _writing = _processor.Runtime.Run(() => table.WriteFlush(flush));
        _writing.PipeTo(Self, success: () => FlushWritten.Instance, failure: e => new Status.Failure(e));
    }

    void FlushEnded()
    {
        _writing = null;
        _task!.EndFlush();
        if (_task.IsFlushUrgent)
            Try(_task.BeginFlush);
    }

    void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            Failed(e);
        }
    }

    void IBatchTarget.Read(RecordBatch batch) => _self.Tell(batch);

    sealed record Continue { public static readonly Continue Instance = new(); }

    sealed record FlushDue { public static readonly FlushDue Instance = new(); }

    sealed record CoalesceDue { public static readonly CoalesceDue Instance = new(); }

    sealed record FlushWritten { public static readonly FlushWritten Instance = new(); }
}
