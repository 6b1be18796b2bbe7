using GokaAkka.Graph;
using GokaAkka.Kafka;
using GokaAkka.Records;
using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Processing;

/// <summary>
/// Everything a partition does to a record: decode, callback, effects, table, watermark, error policy. A plain class that is called: it has
/// no thread, no clock and no client in it. All calls come from one thread at a time; only <see cref="ITaskHost.Woken"/> is told on others.
/// </summary>
/// <remarks>
/// Hot path: per record there is no allocation of ours, no LINQ and no closure. Invariants: effects are sent only after their callback has
/// ended well; the cache changes only then; a segment's offset is taken for commit only when it and all before it are done.
/// </remarks>
sealed class PartitionTask<TState> : ISegmentOwner, IDisposable
{
    readonly GroupGraph<TState> _graph;
    readonly PartitionTable<TState>? _table;
    readonly IRecordSender _sender;
    readonly IPartitioner _partitioner;
    readonly ITaskHost _host;
    readonly ErrorPolicy _errors;
    readonly string[] _topics;
    readonly Queue<RecordBatch> _queue = new();
    readonly ProcessingContext<TState> _context;
    readonly IContext<TState> _facade;
    readonly CancellationTokenSource _stop = new();
    Segment? _segment;
    RecordBatch? _batch;
    int _index;
    InputEdge<TState> _edge = null!;
    int _input;
    long _sequence;
    bool _deferred;
    TableFlush? _flush;
    bool _flushTaken;
    long _now;
    int _processed;

    /// <param name="graph">The group's graph.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="generation">Batches of any other generation are dropped.</param>
    /// <param name="table">The partition's table, restored; null for a stateless group. The task does not own it.</param>
    /// <param name="sender">Where records go.</param>
    /// <param name="host">Who runs the task.</param>
    /// <param name="options">Settings.</param>
    public PartitionTask(
        GroupGraph<TState> graph, int partition, int generation, PartitionTable<TState>? table, IRecordSender sender, ITaskHost host,
        TaskOptions options)
    {
        _graph = graph;
        Partition = partition;
        Generation = generation;
        _table = table;
        _sender = sender;
        _host = host;
        _partitioner = options.Partitioner;
        _errors = options.Errors;
        _topics = [.. graph.Inputs.Select(e => e.Topic)];
        Watermark = new Watermark(_topics, partition);
        _context = new ProcessingContext<TState>(graph, partition, table, _stop.Token) { Defer = Defer };
        _facade = _context;
    }

    public int Partition { get; }

    public int Generation { get; }

    /// <summary>How far the partition is done.</summary>
    public Watermark Watermark { get; }

    /// <summary>The callback that is still at work, or null. Call <see cref="Run"/> when it has ended.</summary>
    public Task? Pending { get; private set; }


    /// <summary>Whether there is a batch to work on and nothing to wait for.</summary>
    public bool HasWork => Pending is null ? _batch is not null || _queue.Count > 0 : Pending.IsCompleted;

    /// <summary>Whether everything begun is done: no callback at work, no delivery or deferred commit outstanding, no flush under way.</summary>
    public bool IsSettled => Pending is null && _batch is null && Watermark.Open == 0 && _flush is null;

    /// <summary>
    /// Whether the fate of every record sent is known. A failed task is given up only then: records of it that arrive later would follow
    /// those of its successor.
    /// </summary>
    public bool IsQuiet => (_segment?.InFlight ?? 1) <= 1 && Watermark.InFlight == 0;

    /// <summary>The next batch of an input; the task owns it. A batch of another generation is dropped.</summary>
    public void Add(RecordBatch batch)
    {
        if (batch.Generation == Generation && !_stop.IsCancellationRequested)
            _queue.Enqueue(batch);
        else
            Release(batch);
    }

    /// <summary>Works on queued records until there are none, a callback is pending, or <paramref name="budget"/> records are done.</summary>
    /// <param name="now">The time in milliseconds since the Unix epoch, for the records written.</param>
    /// <param name="budget">Records to process at most.</param>
    /// <exception cref="RecordException">A record failed and its policy is not to pass over it. The task is of no more use.</exception>
    public void Run(long now, int budget)
    {
        _now = now;
        if (Pending is { } pending)
        {
            if (!pending.IsCompleted)
                return;
            Pending = null;
            Finish(pending);
        }

        while (budget-- > 0 && NextRecord())
        {
            if (!Process())
                return;
        }

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
    public void Advance() => Watermark.Advance();

    /// <summary>
    /// Starts a flush of what the table has changed. It becomes ready once its changelog records are acknowledged: <see cref="TakeFlush"/>.
    /// Nothing happens while another is under way.
    /// </summary>
    public void BeginFlush()
    {
        if (_table is null || _flush is not null)
            return;
        _flush = _table.BeginFlush();
        if (_flush is null)
            return;
        Watermark.SetBoundary(CutSegment());
    }

    /// <summary>A flush all of whose changelog records are acknowledged, to be written on any thread; null when there is none.</summary>
    public TableFlush? TakeFlush()
    {
        if (_flush is null || _flushTaken || Watermark.AtBoundary is not { } position)
            return null;
        _flushTaken = true;
        _flush.Position = new StorePosition(position.Offset + 1, position.Fingerprint, position.Timestamp);
        return _flush;
    }

    /// <summary>The flush is written.</summary>
    public void EndFlush()
    {
        _table!.EndFlush(_flush!);
        _flush = null;
        _flushTaken = false;
    }

    /// <summary>Whether the table holds so much that is not flushed that a flush should not wait for its time.</summary>
    public bool IsFlushUrgent => _table is { IsFlushUrgent: true } && _flush is null;

    /// <summary>
    /// Drops what is queued and accepts nothing more. A callback at work is told by its context's cancellation. What was begun goes on until
    /// <see cref="IsSettled"/>.
    /// </summary>
    public void Stop()
    {
        _stop.Cancel();
        while (_queue.TryDequeue(out var batch))
            Release(batch);
        if (Pending is not null || _batch is null)
            return;
        // The batch at hand ends where it is: its processed records may be committed.
        EndBatch(_batch[_index].Offset);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        while (_queue.TryDequeue(out var batch))
            Release(batch);
        if (_batch is { } current && Pending is null or { IsCompleted: true })
            Release(current);
        _batch = null;
    }

    void ISegmentOwner.SegmentChanged() => _host.Woken();

    bool NextRecord()
    {
        CloseBatchIfDone();
        if (_batch is not null)
            return true;
        if (!_queue.TryDequeue(out var batch))
            return false;
        _input = Array.IndexOf(_topics, batch.Topic);
        if (_input < 0)
            throw new InvalidOperationException($"Group '{_graph.Group}' got records of topic '{batch.Topic}', which is not one of its inputs.");
        _batch = batch;
        _index = 0;
        _edge = _graph.Inputs[_input];
        if (batch.Count > 0)
            return true;
        CloseBatchIfDone();
        return NextRecord();
    }

    /// <summary>Processes the record at hand. False when its callback is still at work.</summary>
    bool Process()
    {
        var batch = _batch!;
        var isNull = batch[_index].ValueIsNull;
        if (!isNull || _edge.Options.Nulls != NullHandling.Ignore)
        {
            _context.Begin(batch, _index);
            try
            {
                var result = _edge.Invoke(_context, _facade, batch.Value(_index), isNull);
                if (!result.IsCompleted)
                {
                    Pending = result.AsTask();
                    return false;
                }

                result.GetAwaiter().GetResult();
                Carry();
            }
            catch (Exception e)
            {
                Failed(e);
            }
        }

        EndRecord();
        return true;
    }

    void Finish(Task pending)
    {
        try
        {
            pending.GetAwaiter().GetResult();
            Carry();
        }
        catch (Exception e)
        {
            Failed(e);
        }

        EndRecord();
        if (_stop.IsCancellationRequested)
            EndBatch(_index < _batch!.Count ? _batch[_index].Offset : _batch.NextOffset);
    }

    /// <summary>Carries out what the callback has asked for.</summary>
    void Carry()
    {
        // A flush may have cut the segment while the callback was at work.
        _segment ??= Open();
        _context.Stage = ProcessingStage.Emit;
        var effects = _context.Effects;
        for (var i = 0; i < effects.Count; i++)
            Send(effects, effects[i]);
        _context.Stage = ProcessingStage.Storage;
        _context.ApplyState();
    }

    void Send(Effects effects, in Effect effect)
    {
        var key = effects.Key(effect);
        var value = effects.Value(effect);
        var segment = _segment!;
        // The table record goes to this partition whatever the key's hash says: here it was made, and here it is restored.
        var partition = effect.IsTable ? Partition : _partitioner.Partition(key, _sender.PartitionCount(effect.Topic));
        var token = effect.IsTable ? Segment.TableToken : Segment.EmitToken;
        if (effect.IsTable)
        {
            segment.TableFingerprint = KeyHash.Fingerprint(key, value, effect.ValueIsNull);
            segment.TableTimestamp = _now;
            segment.ExpectTable();
        }
        else
        {
            segment.Expect();
        }

        try
        {
            _sender.Send(effect.Topic, partition, key, value, effect.ValueIsNull, effect.Headers, _now, segment, token);
        }
        catch
        {
            segment.Withdraw(token);
            throw;
        }
    }

    void Failed(Exception cause)
    {
        var batch = _batch!;
        var reason = cause is CallbackFailedException { InnerException: { } given } ? given : cause;
        var error = new RecordException(
            _graph.Group, batch.Topic, Partition, batch[_index].Offset, Key.Copy(batch.Key(_index)).ToString(), _context.Stage, reason);
        var policy = _edge.Options.Errors ?? _errors;
        // While stopping, a failure may well come of the stop itself: the record stays uncommitted and the next owner reads it again.
        if (policy.Action != ErrorAction.Skip || _stop.IsCancellationRequested)
            throw error;
        _context.Reset();
        _host.Skipped(error);
    }

    void EndRecord()
    {
        var next = _batch![_index].Offset + 1;
        _index++;
        _processed++;
        if (!_deferred)
            return;
        _deferred = false;
        Close(next);
    }

    void CloseBatchIfDone()
    {
        if (_batch is { } batch && Pending is null && _index >= batch.Count)
            EndBatch(batch.NextOffset);
    }

    void EndBatch(long nextOffset)
    {
        var batch = _batch!;
        _batch = null;
        _segment ??= Open();
        Close(nextOffset);
        Release(batch);
    }

    /// <summary>Ends the segment at the record at hand, so that one may begin here. Returns the last closed segment's number.</summary>
    long CutSegment()
    {
        // While a callback is at work nothing of its record has been sent, so the cut is before it in either case.
        if (_segment is not null && !_deferred)
            Close(_batch![_index].Offset);
        return _sequence;
    }

    Segment Defer()
    {
        if (!_deferred)
        {
            CutSegment();
            _segment = Open();
            _deferred = true;
        }

        _segment!.ExpectDeferred();
        return _segment;
    }

    Segment Open() => new(this) { Input = _input };

    void Close(long nextOffset)
    {
        var segment = _segment!;
        _segment = null;
        segment.NextOffset = nextOffset;
        segment.Sequence = ++_sequence;
        Watermark.Add(segment);
        segment.Close();
    }

    void Release(RecordBatch batch)
    {
        _host.Consumed(batch.Topic, batch.Count, batch.Bytes);
        batch.Dispose();
    }
}

/// <summary>Settings of a partition's task.</summary>
/// <param name="Partitioner">Places emitted records.</param>
/// <param name="Errors">What to do with records that fail, where their input does not say.</param>
sealed record TaskOptions(IPartitioner Partitioner, ErrorPolicy Errors);
