using GokaAkka.Actors;
using GokaAkka.Graph;
using GokaAkka.Processing;
using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Testing;

/// <summary>
/// One partition of a group on one node, from its restore to its end: drives the production classes one call at a time, in the order its
/// caller likes. Decides nothing itself but what follows from the calls; used by one thread, which is told by
/// <see cref="NodeParts{TState}.Context"/> of what happens on others.
/// </summary>
/// <remarks>The same steps as the partition's actor takes; where the two differ, one of them is wrong.</remarks>
sealed class PartitionDriver<TState> : ITaskHost, ITableEdgeVisitor<TableReplica>
{
    readonly NodeParts<TState> _node;
    readonly PartitionStatus _status;
    readonly int _partition;
    readonly int[] _queued;
    readonly List<TableReplica> _joins = [];
    readonly List<TopicPartitionOffset> _commits = [];
    TableReplica<TState>? _own;
    PartitionTask<TState>? _task;
    Task? _watched;
    TimeSpan _giveUpAt = TimeSpan.MaxValue;
    int _woken;
    bool _isOpen;

    public PartitionDriver(NodeParts<TState> node, int partition, int generation, PartitionStatus status)
    {
        _node = node;
        _partition = partition;
        _status = status;
        _queued = new int[node.Graph.Inputs.Length];
        Generation = generation;
        status.Generation = generation;
        status.State = PartitionState.Restoring;
    }

    public int Generation { get; }

    /// <summary>Why it ends before it was asked to, or null.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether it is gone: its store is closed, and nothing more comes of it.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether it processes records.</summary>
    public bool IsRunning => _status.State == PartitionState.Running && !IsEnded;

    /// <summary>When it stops waiting for what it has begun, on the cluster's clock; <see cref="TimeSpan.MaxValue"/> for no such time.</summary>
    public TimeSpan GivesUpAt => IsEnded ? TimeSpan.MaxValue : _giveUpAt;

    /// <summary>The records whose callbacks are at work.</summary>
    public IReadOnlyList<RecordAtWork> AtWork =>
        IsEnded || _status.State == PartitionState.Restarting || _task?.Pending is not { IsCompleted: false } ? [] : _task.AtWork;

    /// <summary>Whether there are records to process, or a callback has ended that was waited for: on whatever thread, at any moment.</summary>
    public bool CanWork => !IsEnded && _status.State is (PartitionState.Running or PartitionState.Draining) && _task is { HasWork: true };

    /// <summary>The table, once it is restored and while the partition processes records.</summary>
    public PartitionTable<TState>? Table => IsRunning ? _own?.Typed : null;

    TimeSpan Now => _node.Broker.Cluster.Now;

    /// <summary>Takes a step of the restore; the partition processes records once everything is restored. False when there is none to take.</summary>
    public bool Restore()
    {
        if (_status.State != PartitionState.Restoring || IsEnded)
            return false;
        Try(() =>
        {
            if (!_isOpen)
                OpenTables();
            _own?.Step();
            foreach (var join in _joins)
                join.Step();
            if (_own is not null)
                _status.Take(_own.Progress);
            if (_own is null or { IsRestored: true } && _joins.TrueForAll(j => j.IsRestored))
                Open();
        });
        return true;
    }

    /// <summary>Applies what is new in the joined tables. False when nothing is.</summary>
    public bool Follow()
    {
        var followed = false;
        if (!IsRunning)
            return false;
        Try(() =>
        {
            foreach (var join in _joins)
                followed |= join.Step();
        });
        return followed;
    }

    /// <summary>Whether it has no records of an input that it has not begun with.</summary>
    public bool IsHungry(int input) => IsRunning && _queued[input] == 0;

    /// <summary>The next records of an input.</summary>
    public void Feed(int input, RecordBatch batch)
    {
        _queued[input]++;
        _task!.Add(batch);
    }

    /// <summary>Visits every key.</summary>
    public void Visit(VisitRun<TState> run)
    {
        if (IsRunning)
            Try(() => _task!.Add(run));
        else
            run.Abort(_partition);
    }

    /// <summary>Processes records until none is left, a callback is to be waited for, or so many are done. False when there is nothing to do.</summary>
    public bool Work(int budget)
    {
        if (!CanWork)
            return false;
        var task = _task!;
        Try(() => task.Run(_node.Broker.Cluster.UnixTime, budget));
        _status.Processed += task.TakeProcessed();
        if (Failure is null && task.IsFlushUrgent)
            Try(task.BeginFlush);
        // The interval is over whenever there is nothing to do: nobody waits on virtual time.
        if (Failure is null && !task.HasWork)
            Try(task.SendCoalesced);
        Watch(task.Pending);
        return true;
    }

    /// <summary>Takes note of what was acknowledged, posts what may be committed, writes a flush that is ready. False when there is nothing.</summary>
    public bool Advance()
    {
        if (IsEnded || _task is null || Interlocked.Exchange(ref _woken, 0) == 0)
            return false;
        if (_status.State is PartitionState.Running or PartitionState.Draining)
            Try(TakeNote);
        return true;
    }

    /// <summary>
    /// Begins to write what the table has changed to the store; it is written once its changelog records are acknowledged. False when there is
    /// nothing to write, or an earlier flush is still under way.
    /// </summary>
    public bool Flush()
    {
        if (!IsRunning || _own?.Typed.DirtyCount is null or 0)
            return false;
        Try(() => _task!.BeginFlush());
        return _own.Typed.DirtyCount == 0;
    }

    /// <summary>Finishes what is begun, and ends: see <see cref="CheckEnd"/>.</summary>
    public void Drain()
    {
        if (IsEnded || _status.State is PartitionState.Draining or PartitionState.Restarting)
            return;
        if (_task is null)
        {
            End();
            return;
        }

        _status.State = PartitionState.Draining;
        Unlist();
        _giveUpAt = Now + _node.Settings.Processor.DrainTimeout;
        Try(_task.Stop);
        Watch(_task.Pending);
    }

    /// <summary>Ends a partition that drains, or that has failed, when nothing of it is on its way any more or its time is over.</summary>
    /// <returns>Whether it has ended by this.</returns>
    public bool CheckEnd()
    {
        if (IsEnded || _status.State is not (PartitionState.Draining or PartitionState.Restarting))
            return false;
        var isOverdue = Now >= _giveUpAt;
        if (_status.State == PartitionState.Draining)
        {
            Try(() =>
            {
                TakeNote();
                _task!.BeginFlush();
                WriteReadyFlush();
            });
            if (Failure is not null || (!_task!.IsSettled && !isOverdue))
                return false;
        }
        else
        {
            if (_task is { IsQuiet: false } && !isOverdue)
                return false;
            TakeLastNote();
        }

        End();
        return true;
    }

    /// <summary>Ends at once; nothing more is committed or flushed.</summary>
    public void Discard() => End();

    /// <summary>What drives it has failed: the partition ends and is started again, as after a failure of its own.</summary>
    public void Fail(Exception error)
    {
        if (Failure is not null || IsEnded)
            return;
        Failure = error;
        _status.LastError = error;
        _status.State = PartitionState.Restarting;
        Unlist();
        _giveUpAt = Now + _node.Settings.Processor.DrainTimeout;
        _task?.Stop();
    }

    void OpenTables()
    {
        _isOpen = true;
        if (_node.Graph.Persist is { } persist)
            _own = new TableReplica<TState>(_node.Place, Id(persist.Topic), persist.Codec, _node.Options.Update, follows: false);
        foreach (var join in _node.Graph.AllEdges.OfType<TableEdge>().Where(e => e.Kind == EdgeKind.Join))
            _joins.Add(join.Accept(this));
    }

    TableReplica ITableEdgeVisitor<TableReplica>.Visit<T>(TableEdge<T> edge) =>
        new TableReplica<T>(_node.Place, Id(edge.Topic), edge.Codec, _node.Options.Update, follows: true);

    StorageId Id(string topic) => new(_node.Graph.Group, topic, _partition);

    void Open()
    {
        var tables = new TableSet();
        foreach (var join in _joins)
            tables.Joins[join.Table.Id.Topic] = join.Table;
        foreach (var (topic, lookup) in _node.Lookups)
            tables.Lookups[topic] = lookup;
        _task = new PartitionTask<TState>(
            _node.Graph, _partition, Generation, _own?.Typed, _node.Sender, this,
            new TaskOptions(_node.Options.Partitioner ?? _node.Settings.Processor.Partitioner, _node.Errors)
            {
                PartitionCount = _node.Sender.PartitionCount,
                Partitions = _node.Partitions,
                Tables = tables,
                DefaultHeaders = _node.Options.DefaultHeaders,
                IsCoalescing = _node.Settings.Processor.CoalesceInterval is not null,
            });
        if (_own is not null)
            _node.Tables.Set(_partition, _own.Typed);
        _status.State = PartitionState.Running;
    }

    void TakeNote()
    {
        _task!.Advance();
        TakeCommits();
        WriteReadyFlush();
    }

    /// <summary>What is acknowledged of a task that has failed is done: it starts again behind that.</summary>
    void TakeLastNote()
    {
        try
        {
            _task?.Advance();
        }
        catch (Exception e) when (e is DeliveryException or StorageCorruptException)
        {
            // What is before the record that was not delivered is done all the same.
        }

        TakeCommits();
    }

    void TakeCommits()
    {
        _commits.Clear();
        _task?.Watermark.TakeCommits(_commits);
        if (_commits.Count > 0)
            _node.Board.Add(_commits, Generation);
    }

    void WriteReadyFlush()
    {
        if (_task!.TakeFlush() is not { } flush)
            return;
        _own!.Typed.WriteFlush(flush);
        _task.EndFlush();
        if (_task.IsFlushUrgent)
            _task.BeginFlush();
    }

    void End()
    {
        if (IsEnded)
            return;
        IsEnded = true;
        Unlist();
        _task?.Dispose();
        _own?.Dispose();
        _joins.ForEach(static j => j.Dispose());
        _status.State = PartitionState.Stopped;
    }

    // A partition that ends is not read any more.
    void Unlist()
    {
        if (_own is not null)
            _node.Tables.Remove(_partition, _own.Typed);
    }

    void Watch(Task? pending)
    {
        if (pending is not { IsCompleted: false } || ReferenceEquals(pending, _watched))
            return;
        _watched = pending;
        pending.ContinueWith(
            static (_, context) => ((PumpedContext)context!).Wake(), _node.Context, CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    void ITaskHost.Woken()
    {
        Volatile.Write(ref _woken, 1);
        _node.Context.Wake();
    }

    void ITaskHost.Consumed(string topic, int records, int bytes)
    {
        for (var i = 0; i < _queued.Length; i++)
        {
            if (_node.Graph.Inputs[i].Topic == topic)
                _queued[i]--;
        }
    }

    void ITaskHost.Misplaced(ReadOnlySpan<byte> key) => _status.Misplaced++;

    void ITaskHost.Skipped(RecordException error)
    {
        _status.Skipped++;
        _status.LastError = error;
        _node.Skipped(error);
    }

    void ITaskHost.DeadLettered(RecordException error, string topic)
    {
        _status.DeadLetters++;
        _status.LastError = error;
        _node.DeadLettered(error);
    }

    void ITaskHost.Retrying(RecordException error, TimeSpan pause)
    {
        _status.Retries++;
        _status.LastError = error;
    }

    Task ITaskHost.Delay(TimeSpan pause, CancellationToken cancellation) => Task.Delay(pause, _node.Time, cancellation);
}
