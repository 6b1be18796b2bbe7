using GokaAkka.Tracing;

namespace GokaAkka.Processing;

/// <summary>
/// Everything a partition does to a record: decode, callback, effects, table, watermark, error policy. A plain class that is called: it has
/// no thread, no clock and no client in it. All calls come from one thread at a time; only <see cref="ITaskHost.Woken"/> is told on others.
/// </summary>
/// <remarks>
/// Hot path: per record there is no allocation of ours, no LINQ and no closure. Invariants: effects are sent only after their callback has
/// ended well; the cache changes only then; a segment's offset is taken for commit only when it and all before it are done.
/// </remarks>
sealed partial class PartitionTask<TState> : ISegmentOwner, ITaskProgress, IDisposable
{
    readonly GroupGraph<TState> _graph;
    readonly PartitionTable<TState>? _table;
    readonly ChangelogSender _changelog;
    readonly EffectCarrier<TState> _carrier;
    readonly Coalescer<TState>? _coalescer;
    readonly Lookahead<TState>? _lookahead;
    readonly ITaskHost _host;
    readonly RecordFailures<TState> _failures;
    readonly string[] _topics;
    readonly bool _isTransactional;
    readonly WorkQueue<TState> _queue = new();
    readonly ProcessingContext<TState> _context;
    readonly ConcurrentRunner<TState> _calls;
    readonly FlushCycle<TState> _flush;
    readonly SegmentCutter _segments;
    readonly SendWindow _window;
    readonly MembershipLease _lease;
    readonly TaskTracing _tracing;
    readonly IBatchTimings? _timings;
    readonly CancellationTokenSource _stop = new();
    RecordBatch? _batch;
    int _index;
    InputEdge<TState>? _edge;
    PartitionVisit<TState>? _visit;
    bool _flushWanted;
    bool _isHeld;
    Task? _callback;
    Segment? _writtenAgain;

    // Whether the record at hand has failed and waits for its next attempt.
    bool _paused;
    long _now;
    long _began;
    int _processed;

    // The table, null for a stateless group, is restored and stays the caller's. Batches of any other generation are dropped.
    public PartitionTask(
        GroupGraph<TState> graph, int partition, int generation, PartitionTable<TState>? table, IRecordSender sender, ITaskHost host,
        TaskOptions options)
    {
        _graph = graph;
        Partition = partition;
        Generation = generation;
        _table = table;
        _lookahead = table is null ? null : new Lookahead<TState>(table);
        _changelog = new ChangelogSender(partition, options.Partitions, sender, options.Partitioner, host, options.Sent);
        _coalescer = options.IsCoalescing && table is not null ? new Coalescer<TState>(graph.Persist!.Topic, table, _changelog) : null;
        _carrier = new EffectCarrier<TState>(sender, options, _changelog, _coalescer);
        _host = host;
        _isTransactional = options.IsTransactional;
        _timings = options.Timings;
        _tracing = new TaskTracing(graph.Group, options.Tracing);
        _failures = new RecordFailures<TState>(
            graph, partition, options, new DeadLetters(graph.Group, partition, sender, options), _carrier, host, _tracing, _stop.Token);
        _topics = [.. graph.Inputs.Select(e => e.Topic)];
        Watermark = new Watermark(_topics, partition, table?.Store.Position.NextOffset ?? 0, options.IsTransactional) { Timings = _timings };
        _flush = new FlushCycle<TState>(table, Watermark, options.IsTransactional);
        _window = new SendWindow(options.InFlightBytes);
        _lease = options.Lease;
        _segments = new SegmentCutter(this, Watermark, _window);
        _context = NewContext(_segments.Defer);
        _calls = new ConcurrentRunner<TState>(graph, new ConcurrentCalls<TState>(NewContext), _segments, _carrier, _failures, _tracing, _lease, _stop.Token);

        ProcessingContext<TState> NewContext(Func<Segment> defer) =>
            new(graph, partition, table, options.Tables, options.DefaultHeaders, _tracing, _stop.Token) 
            { Defer = defer, TakeOut = _failures.TakeOut, IsAbsent = _failures.IsAbsent };
    }

    public int Partition { get; }

    public int Generation { get; }

    /// <summary>How far the partition is done.</summary>
    public Watermark Watermark { get; }

    /// <summary>The callback that is still at work, or the pause before it is called again, or null. Call <see cref="Run"/> when it has ended.</summary>
    public Task? Pending { get; private set; }

    /// <summary>The records whose callbacks are still at work, in order of their start: what <see cref="Pending"/> waits for.</summary>
    public IReadOnlyList<RecordAtWork> AtWork => (_callback is not null || _paused) && _batch is { } batch
        ? [new RecordAtWork(batch.Topic, batch[_index].Offset, Key.Copy(batch.Key(_index)))] : _calls.AtWork;

    /// <summary>Whether there is a batch to work on and nothing to wait for; of room for what it sends, <see cref="ITaskHost.Woken"/> tells.</summary>
    public bool HasWork => _isHeld
        ? _calls.Active > 0 && Pending is { IsCompleted: true }
        : Pending is null ? (_batch is not null || !_queue.IsEmpty) && !_window.IsFull : Pending.IsCompleted;

    /// <summary>Whether no batch is at hand and no callback at work.</summary>
    public bool IsIdle => Pending is null && _batch is null;

    /// <summary>Whether everything begun is done: no callback at work, no delivery or deferred commit outstanding, no flush under way.</summary>
    public bool IsSettled => IsIdle && Watermark.Open == 0 && _flush.IsIdle && _coalescer is null or { IsEmpty: true };

    /// <summary>
    /// Whether the fate of every record sent is known: those of a failed task must not arrive behind its successor's. <see cref="ITaskHost.Woken"/> tells, after
    /// <see cref="EndSends"/>.
    /// </summary>
    public bool IsQuiet => InFlight == 0;

    /// <summary>Records sent whose fate is not known yet.</summary>
    public int InFlight => _segments.InFlight + Watermark.InFlight;

    /// <summary>Whether some of what a callback asked for was sent and the rest refused: no transaction may be committed with that in it.</summary>
    public bool IsTorn => _carrier.IsTorn;

    /// <summary>The next batch of an input; the task owns it. A batch of another generation is dropped.</summary>
    public void Add(RecordBatch batch)
    {
        if (batch.Generation == Generation && !_stop.IsCancellationRequested)
            _queue.Add(batch);
        else
            Release(batch);
    }

    /// <summary>Visits every key the table has now, in turn with the inputs' batches.</summary>
    /// <exception cref="InvalidOperationException">The group is stateless.</exception>
    public void Add(VisitRun<TState> run)
    {
        if (_stop.IsCancellationRequested || _table is null)
            run.Abort(Partition);
        else
            _queue.Add(new PartitionVisit<TState>(run, _table.Iterate(KeyRange.All), Partition, Generation));
    }

    /// <summary>Works on queued records until there are none, a callback is pending, or <paramref name="budget"/> records are done.</summary>
    /// <param name="now">The time in milliseconds since the Unix epoch, for the records written.</param>
    /// <param name="budget">Records to process at most.</param>
    /// <exception cref="RecordException">A record failed and its policy is not to pass over it. The task is of no more use.</exception>
    public void Run(long now, int budget)
    {
        _tracing.Enter();
        try
        {
            RunRecords(now, budget);
        }
        finally
        {
            _tracing.Leave();
        }
    }

    void RunRecords(long now, int budget)
    {
        _now = now;
        if (Pending is { IsCompleted: false })
            return;
        if (_isHeld)
        {
            FinishCalls();
            return;
        }

        Pending = null;
        if (_callback is { } ended)
            Finish(ended);

        TakeEndedCalls();
        while (!_stop.IsCancellationRequested && budget-- > 0 && HasRoom() && NextRecord())
        {
            if (!Process())
                return;
        }

        if (_stop.IsCancellationRequested)
            EndEarly();
        else
            CloseBatchIfDone();
    }

    /// <summary>How many records were processed since the last time it was asked, passed over ones included.</summary>
    public int TakeProcessed()
    {
        var processed = _processed;
        _processed = 0;
        return processed;
    }

    /// <summary>Takes note of what has been delivered.</summary>
    /// <exception cref="DeliveryException">Something will never be delivered. The task is of no more use.</exception>
    public void Advance()
    {
        Watermark.Advance();
        if (_writtenAgain is not { IsTableDone: true })
            return;
        _writtenAgain = null;
        Watermark.Changelog.WrittenOver();
    }

    /// <summary>Begins nothing more, and ends no callback but those that others run beside, until <see cref="Resume"/>.</summary>
    public void Hold()
    {
        _isHeld = true;
        if (Pending is null or { IsCompleted: true })
            FinishCalls();
    }

    /// <summary>While held: whether nothing is half done and all that was sent is acknowledged; then it can be committed with these offsets.</summary>
    /// <exception cref="DeliveryException">Something will never be delivered. The task is of no more use.</exception>
    public bool TryCut(List<TopicPartitionOffset> offsets)
    {
        Advance();
        if (_calls.Active > 0 || IsTorn)
            return false;
        SendCoalesced();
        CutSegment();
        if (Watermark.Open > 0)
            return false;
        Watermark.TakeCommits(offsets);
        if (_flushWanted && _flush.Begin())
            _flush.SetBoundary(_segments.Sequence);
        _flushWanted = false;
        return true;
    }

    /// <summary>What the task had done when it was held is committed: it goes on, and what waited for that may happen.</summary>
    public void Resume()
    {
        _isHeld = false;
        _flush.Release();
        Watermark.TellVisits();
    }

    /// <summary>
    /// Starts a flush of what the table has changed. It becomes ready once its changelog records are acknowledged: <see cref="TakeFlush"/>; in
    /// transactions, once the one that is open is committed. Nothing happens while another is under way.
    /// </summary>
    public void BeginFlush()
    {
        if (_isTransactional)
        {
            _flushWanted = _flush.IsIdle;
            return;
        }

        // What concurrent callbacks will change belongs to records before the cut, and is not there yet: the cut waits for them.
        _flushWanted = _calls.Active > 0 && _flush.IsIdle && MayWait;
        if (_calls.Active > 0 || !_flush.IsIdle)
            return;
        SendCoalesced();
        // What is held back is in the table and not in the changelog: nothing of that is for the store.
        if (_coalescer is { IsEmpty: false } || !_flush.Begin())
            return;
        CutSegment();
        _flush.SetBoundary(_segments.Sequence);
        // All of it may be acknowledged already, and nothing else come to tell so.
        _host.Woken();
    }

    /// <summary>Sends what is held back of the table, if it is: the last value of each key that was changed.</summary>
    /// <exception cref="KafkaFaultException">A value was refused. The task is of no more use.</exception>
    public void SendCoalesced()
    {
        if (_coalescer is null or { IsEmpty: true } || _lease.IsExpired)
            return;
        CutSegment();
        var turn = _segments.Turn();
        _coalescer.Send(turn, _now);
        turn.Close();
    }

    /// <summary>A flush all of whose changelog records are acknowledged, to be written on any thread; null when there is none.</summary>
    public TableFlush? TakeFlush() => _flush.Take();

    /// <summary>The flush is written.</summary>
    public void EndFlush() => _flush.End();

    /// <summary>Whether the table holds so much that is not flushed that a flush should not wait for its time.</summary>
    public bool IsFlushUrgent => _flush.IsUrgent;

    void ISegmentOwner.SegmentChanged() => _host.Woken();

    bool NextRecord()
    {
        CloseBatchIfDone();
        if (Pending is not null)
            return false;
        while (_batch is null)
        {
            if (!NextBatch())
                return false;
            if (_batch!.Count == 0)
                EndBatch(_batch.NextOffset);
        }

        return true;
    }

    bool NextBatch()
    {
        if (!_queue.TryTake(_now, out var batch, out var visit))
            return false;
        _batch = batch;
        _visit = visit;
        _index = 0;
        var input = visit is null ? Array.IndexOf(_topics, batch!.Topic) : 0;
        if (input < 0)
            throw new InvalidOperationException($"Group '{_graph.Group}' got records of topic '{batch!.Topic}', which is not one of its inputs.");
        _edge = visit is null ? _graph.Inputs[input] : null;
        _segments.BeginBatch(input, visit);
        _began = visit is null ? _timings?.Begin() ?? 0 : 0;
        _tracing.Begin(_batch!, visit is not null, _edge is { TakesBatches: true });
        return true;
    }

    /// <summary>Processes the record at hand, or the rest of the batch. False when a callback has to end first.</summary>
    bool Process()
    {
        var batch = _batch!;
        if (_edge is { } edge)
        {
            _lookahead?.At(batch, _index);
            if (!edge.TakesBatches && edge.Ignores(batch, _index))
            {
                EndRecord();
                return true;
            }

            if (edge.Options.Concurrency > 1 && !edge.TakesBatches)
                return StartCall(edge, batch);
        }

        if (_paused)
            _context.BeginAgain();
        else
            _context.Begin(batch, _index);
        _paused = false;
        try
        {
            if (_context.Stage != ProcessingStage.Emit)
            {
                var result = Invoke(batch);
                if (!result.IsCompleted)
                {
                    Pending = _callback = result.AsTask();
                    return false;
                }

                result.GetAwaiter().GetResult();
            }

            if (AwaitsProof())
                return false;
            Carry();
        }
        catch (Exception e)
        {
            return Failed(e);
        }

        EndRecord();
        return true;
    }

    void Finish(Task pending)
    {
        _callback = null;
        try
        {
            pending.GetAwaiter().GetResult();
            if (AwaitsProof())
                return;
            Carry();
        }
        catch (Exception e)
        {
            Failed(e);
            return;
        }

        EndRecord();
    }

    void Carry()
    {
        var segment = SegmentAtHand();
        _carrier.Carry(_context, segment, _now);
        if (_context.TakenOut.Count > 0)
            _failures.PassOverTakenOut(_context, segment, _now);
    }

    Segment SegmentAtHand() => _segments.For(_index, _batch![_index].Offset);

    /// <summary>Takes care of the record at hand, which has failed. False when it is tried again once <see cref="Pending"/> has ended.</summary>
    bool Failed(Exception cause)
    {
        // Nothing is passed over for somebody else: it is tried again once it is known whose it is.
        var pause = _lease.IsExpired && !_stop.IsCancellationRequested ? _lease.Known() : _failures.Handle(_context, _edge, cause, SegmentAtHand, _now);
        if (pause is not null)
        {
            _segments.Forget();
            Pending = pause;
            _paused = true;
            return false;
        }

        _context.Reset();
        EndRecord();
        return true;
    }

    void EndRecord()
    {
        var batch = _batch!;
        var records = _edge is { TakesBatches: true } ? batch.Count - _index : 1;
        _index += records;
        if (_visit is null)
            _processed += records;
        _segments.EndRecord(_index, batch[_index - 1].Offset + 1);
    }

    void CloseBatchIfDone()
    {
        if (_batch is not { } batch || Pending is not null || (_index < batch.Count && _visit is not { IsCancelled: true }))
            return;
        if (_calls.Active > 0)
            Pending = _calls.Changed;
        else
            EndBatch(batch.NextOffset);
    }

    void EndBatch(long nextOffset)
    {
        var batch = _batch!;
        (_batch, _paused) = (null, false);
        _segments.EndBatch(_index, nextOffset, _began == 0 ? 0 : _timings!.Processed(batch.Topic, _began));
        _tracing.End();
        Release(batch);
    }

    /// <summary>
    /// Ends the segment at the record at hand. While a callback is at work nothing of its record has been sent, so the cut is before it then.
    /// </summary>
    void CutSegment()
    {
        if (_batch is { } batch && _index < batch.Count)
            _segments.Cut(_index, batch[_index].Offset);
    }

    void Release(RecordBatch batch)
    {
        _host.Consumed(batch.Topic, batch.Count, batch.Bytes);
        batch.Dispose();
    }
}
