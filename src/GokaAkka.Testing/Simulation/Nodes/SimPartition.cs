using GokaAkka.Kafka.Polling;
using GokaAkka.Processing;
using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Testing.Simulation;

/// <summary>
/// One partition of the group on one node: drives <see cref="PartitionTask{TState}"/>, <see cref="PartitionTable{T}"/> and the flushes message
/// by message, in the order and with the pauses that the scheduler makes up.
/// </summary>
/// <remarks>The same steps as the partition's actor takes; where the two differ, one of them is wrong.</remarks>
sealed partial class SimPartition : ITaskHost, IBatchTarget
{
    static readonly TimeSpan SettleCheck = TimeSpan.FromMilliseconds(20);

    readonly SimNode _node;
    readonly PartitionFlow[] _flows;
    readonly Mailbox _box;
    readonly List<TopicPartitionOffset> _commits = [];
    readonly Misdeeds _misdeeds;
    PartitionTable<SimState>? _table;
    SimTable<SimState>? _restore;
    TableFlush? _writing;
    Exception? _failure;
    TimeSpan _giveUpAt;
    Phase _phase;
    bool _isCorrupt;
    bool _woken;
    bool _workQueued;

    public SimPartition(SimNode node, int number, PartitionFlow[] flows, int life)
    {
        _node = node;
        _flows = flows;
        Number = number;
        Life = life;
        Generation = flows[0].Generation;
        Begun = flows.FirstOrDefault(f => f.FirstOffset >= 0) is { } flow ? new TopicPartitionOffset(flow.Id.Topic, number, flow.FirstOffset) : null;
        _box = new Mailbox(node.Process, node.Random);
        _misdeeds = new Misdeeds(node, number, Generation);
    }

    enum Phase
    {
        Restoring,
        Running,
        Draining,
        Failing,
        Ended,
    }

    public int Number { get; }

    public int Generation { get; }

    /// <summary>An offset of one of its inputs that was committed when it began; null when there was none.</summary>
    public TopicPartitionOffset? Begun { get; }

    /// <summary>A number that no other life of any partition has.</summary>
    public int Life { get; }

    public bool IsRunning => _phase == Phase.Running;

    public PartitionTask<SimState>? Task { get; private set; }

    public PartitionTable<SimState>? Table => _table;

    /// <summary>Where its changelog ended when it asked.</summary>
    public long RestoreEnd { get; set; }

    /// <summary>How often the brokers had lost records of the table by then.</summary>
    public int TablesLost { get; set; }

    /// <summary>The table as it was when it was restored, by key.</summary>
    public byte[]?[]? Restored { get; set; }

    /// <summary>Whether it has nothing left to do, its store included.</summary>
    public bool IsIdle => IsRunning && Task!.IsSettled && _table!.DirtyCount == 0 && _writing is null && _flows.All(f => f.Records == 0);

    /// <summary>What it is at, for messages.</summary>
    public override string ToString() => Task is null
        ? $"partition {Number}: {_phase}"
        : $"partition {Number}: {_phase}, {Task.Watermark.Open} open segments with {Task.Watermark.InFlight} records in flight, "
            + $"{_flows.Sum(f => f.Records)} records waiting, {(Task.Pending is null ? "nothing" : "a callback")} pending";

    public void Start()
    {
        try
        {
            _table = Open();
        }
        catch (StorageException e)
        {
            GiveUp(e);
            return;
        }

        _restore = new SimTable<SimState>(new SimHost(_node.World, _node.Process, _node.Clock), _table, follows: false, _box, new SimTableEvents(
            () => _node.World.Ledger.Restoring(this, _phase != Phase.Ended && _node.Owns(Number)),
            StartIfRestored,
            TableLost));
        _restore.Start();
        if (_node.World.Mutations.Has(Mutation.ServesBeforeRestored))
            _box.Tell(StartIfRestored);
    }

    /// <summary>The partition is taken away in good order.</summary>
    public void Drain() => _box.Tell(() =>
    {
        if (_phase == Phase.Restoring)
        {
            Withdraw();
            End();
        }
        else if (_phase == Phase.Running)
        {
            StartDraining();
        }
        else if (_phase == Phase.Failing && _node.Transactions is null)
        {
            // In transactions it ends by itself, as soon as what it has done is committed.
            End();
        }
    });

    /// <summary>The partition is another's already.</summary>
    public void Discard() => _box.Tell(() =>
    {
        if (_phase == Phase.Restoring)
            Withdraw();
        End();
    });

    /// <summary>A callback or a deferred commit that was waited for may have ended.</summary>
    public void Nudge() => _box.Tell(Continue);

    /// <summary>Writes what has changed to the store.</summary>
    public void Flush() => _box.Tell(() =>
    {
        if (_phase == Phase.Running)
            Try(() => _misdeeds.Flush(Task!, _table!, _table!.Store));
    });

    /// <summary>Visits every key.</summary>
    public void Visit(VisitRun<SimState> run) => _box.Tell(() =>
    {
        if (_phase != Phase.Running)
        {
            run.Abort(Number);
            return;
        }

        Try(() => Task!.Add(run));
        Work();
    });

    void IBatchTarget.Read(RecordBatch batch) => _box.Tell(() =>
    {
        if (_phase is Phase.Restoring or Phase.Ended)
        {
            batch.Dispose();
            return;
        }

        _misdeeds.Reads(batch, _phase == Phase.Running);
        Task!.Add(batch);
        if (_phase == Phase.Running && !_workQueued)
            Work();
    });

    void ITaskHost.Woken()
    {
        if (_woken)
            return;
        _woken = true;
        _box.Tell(() =>
        {
            if (_phase is Phase.Running or Phase.Draining)
                Advance();
        });
    }

    void ITaskHost.Consumed(string topic, int records, int bytes)
    {
        foreach (var flow in _flows)
        {
            if (flow.Id.Topic == topic)
                flow.Return(records, bytes);
        }

        _misdeeds.Consumed(topic);
        _node.Poller.RoomMade();
    }

    void ITaskHost.Misplaced(ReadOnlySpan<byte> key) => _node.World.Violate("a key was found misplaced, and every input is written by the group's partitioner");

    void ITaskHost.Skipped(RecordException error)
    {
        _node.World.Faults.Add(Fault.RecordSkipped);
        _node.World.Ledger.PassedOver(new TopicPartition(error.Topic, Number), error.Offset, isDone: true);
    }

    void ITaskHost.DeadLettered(RecordException error, string topic)
    {
        _node.World.Faults.Add(Fault.RecordDeadLettered);
        _node.World.Ledger.PassedOver(new TopicPartition(error.Topic, Number), error.Offset, isDone: false);
    }

    void ITaskHost.Retrying(RecordException error, TimeSpan pause) => _node.World.Faults.Add(Fault.RecordRetried);

    Task ITaskHost.Delay(TimeSpan pause, CancellationToken cancellation) => _node.Wait(pause, cancellation);

    PartitionTable<SimState> Open()
    {
        var id = new StorageId(Names.Group, Names.Table, Number);
        IStorage store;
        try
        {
            store = _node.Disk.Open(id);
        }
        catch (StorageCorruptException)
        {
            _node.Disk.Delete(id);
            store = _node.Disk.Open(id);
        }

        return new PartitionTable<SimState>(id, SimStateCodec.Instance, store, _node.World.Settings.CacheBytes);
    }

    void StartIfRestored()
    {
        if (_node.Transactions is null)
            StartTask(_node.Producer!);
        else
            Enlist();
    }

    void StartTask(IRecordSender sender)
    {
        if (_phase != Phase.Restoring || Task is not null)
            return;
        _node.World.Ledger.Serves(this, _restore!.NextOffset);
        Task = new PartitionTask<SimState>(
            _node.Graph, Number, Generation, _table, _misdeeds.Sender(sender, () => _table!.Store), this,
            new TaskOptions(Partitioners.Fnv1a, _node.Errors)
            {
                PartitionCount = topic => _node.World.Cluster.State.Topic(topic)!.Partitions, Partitions = Names.Partitions, IsTransactional = _node.Transactions is not null,
            });
        _phase = Phase.Running;
        _node.Tables.Set(Number, _table!);
        _node.World.Trace.Add($"{_node.Name}: partition {Number} runs, generation {Generation}, life {Life}");
        _node.PartitionReady(this);
        _misdeeds.Begins(Task);
        _node.Poller.Open(Number, Generation, this);
        FlushLater();
    }

    void FlushLater() => _node.Process.After(_node.Random.Milliseconds(1, _node.World.Settings.FlushMilliseconds), () =>
    {
        if (_phase != Phase.Running)
            return;
        Flush();
        FlushLater();
    });

    void Continue()
    {
        _workQueued = false;
        if (_phase is Phase.Running or Phase.Draining)
            Work();
    }

    void Work()
    {
        var task = Task!;
        Try(() => task.Run(_node.Clock.GetUtcNow().ToUnixTimeMilliseconds(), _node.Random.Between(1, 20)));
        if (_failure is not null)
            return;
        Touch();
        task.TakeProcessed();
        if (task.IsFlushUrgent)
            Try(task.BeginFlush);
        // A callback at work nudges the partition when it ends.
        if (task.Pending is not { IsCompleted: false } && task.HasWork && !_workQueued)
        {
            _workQueued = true;
            _box.Tell(Continue);
        }
    }

    void Advance()
    {
        _woken = false;
        Try(() =>
        {
            Task!.Advance();
            if (_node.Transactions is null)
                TakeCommits();
            else
                CutIfHeld();
            WriteReadyFlush();
        });
    }

    void TakeCommits()
    {
        _commits.Clear();
        Task!.Watermark.TakeCommits(_commits);
        _misdeeds.Commits(_commits);
        if (_commits.Count > 0)
            _node.Poller.Board.Add(_commits, Generation);
    }

    void WriteReadyFlush()
    {
        if (Task!.TakeFlush() is not { } flush)
            return;
        _writing = flush;
        _node.Process.After(_node.Disk.NextWrite(), () => Written(flush));
    }

    void Written(TableFlush flush)
    {
        if (!ReferenceEquals(_writing, flush))
            return;
        _writing = null;
        try
        {
            _table!.WriteFlush(flush);
        }
        catch (StorageException e)
        {
            _box.Tell(() => Failed(e));
            return;
        }

        _box.Tell(() =>
        {
            if (_phase is not (Phase.Running or Phase.Draining))
                return;
            Task!.EndFlush();
            if (Task.IsFlushUrgent)
                Try(Task.BeginFlush);
        });
    }

    void StartDraining()
    {
        _phase = Phase.Draining;
        _node.Tables.Remove(Number, _table!);
        Task!.Stop();
        _giveUpAt = _node.World.Scheduler.Now + _node.World.Settings.DrainTimeout;
        CheckLater(CheckDrained);
    }

    void CheckDrained()
    {
        if (_phase != Phase.Draining)
            return;
        Advance();
        if (_failure is not null)
            return;
        Try(Task!.BeginFlush);
        WriteReadyFlush();
        if (HasLeft(Task.IsIdle) && (Task.IsSettled || (_left && _writing is null)))
            End();
        else if (IsOverdue)
            End();
        else
            CheckLater(CheckDrained);
    }

    void TableLost(Exception error)
    {
        if (_phase == Phase.Restoring)
            GiveUp(error);
        else
            Failed(error);
    }

    void Failed(Exception error)
    {
        if (_failure is not null || _phase is not (Phase.Running or Phase.Draining))
            return;
        _failure = error;
        _phase = Phase.Failing;
        _node.Tables.Remove(Number, _table!);
        Task!.Stop();
        _giveUpAt = _node.World.Scheduler.Now + _node.World.Settings.DrainTimeout;
        CheckLater(CheckQuiet);
    }

    void CheckQuiet()
    {
        if (_phase != Phase.Failing)
            return;
        if (_node.Transactions is not null)
        {
            CheckFailedInTransaction();
            return;
        }

        if (!Task!.IsQuiet && !IsOverdue)
        {
            CheckLater(CheckQuiet);
            return;
        }

        try
        {
            Task.Advance();
        }
        catch (Exception e) when (e is DeliveryException or StorageCorruptException)
        {
            _isCorrupt |= IsCorrupt(e);
            // What is before the record that was not delivered is done.
        }

        TakeCommits();
        GiveUp(_failure!);
    }

    void GiveUp(Exception error)
    {
        _failure ??= error;
        _isCorrupt |= IsCorrupt(error);
        if (Task is null)
            Withdraw();
        _node.World.Trace.Add($"{_node.Name}: partition {Number} fails: {error.Message}");
        _node.PartitionFailed(this, error);
        End();
    }

    void End()
    {
        if (_phase == Phase.Ended)
            return;
        _phase = Phase.Ended;
        Gone();
        _restore?.Stop();
        Task?.Dispose();
        if (_table is not null)
        {
            _node.Tables.Remove(Number, _table);
            // The store is not closed under the hands of a write that has begun.
            if (_writing is { } writing)
                Written(writing);
            _table.Dispose();
        }

        if (_isCorrupt)
            _node.Disk.Delete(_table!.Id);
        _node.PartitionEnded(this);
    }

    void CheckLater(Action check) => _node.Process.After(SettleCheck, () => _box.Tell(check));

    void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is not ProcessDiedException)
        {
            Failed(e);
        }
    }

    static bool IsCorrupt(Exception? error) => error is not null && (error is StorageCorruptException || IsCorrupt(error.InnerException));
}
