namespace GokaAkka.Processing;

// When a callback may start, and those of a partition that run beside each other.
sealed partial class PartitionTask<TState>
{
    // What is sent belongs to a segment that is open: it is ended, for room is given back by whole segments.
    bool HasRoom()
    {
        if (!_window.IsFull)
            return true;
        CutSegment();
        return false;
    }

    /// <summary>Writes keys into the changelog as the table has them, over what others have written there.</summary>
    /// <exception cref="KafkaFaultException">A value was refused. The task is of no more use.</exception>
    public void WriteAgain(IReadOnlyCollection<Key> keys)
    {
        if (_lease.IsExpired)
            return;
        CutSegment();
        var turn = _segments.Turn();
        turn.Held = [];
        foreach (var key in keys)
        {
            var value = _table!.GetBytes(key.Span);
            _changelog.Send(_graph.Persist!.Topic, key.Span, value, value is null, null, turn, _now);
        }

        turn.Close();
        _writtenAgain = turn;
    }

    /// <summary>Whether what the callback asked for has to wait until it is known whose the partition is: for the record the callback goes on that long.</summary>
    bool AwaitsProof()
    {
        if (!_lease.IsExpired)
            return false;
        Pending = _callback = _lease.Known();
        return true;
    }

    // While a flush waits no callback starts: none of other keys has to stand still because of a pause, unless memory runs short.
    bool MayWait => _calls.Paused == 0 || _flush.IsUrgent;

    ValueTask Invoke(RecordBatch batch) => _tracing.HasRecordSpans ? InvokeTraced(batch) : InvokeEdge(batch);

    // Apart, so that a closure is made only here.
    ValueTask InvokeTraced(RecordBatch batch) => _context.InSpan(() => InvokeEdge(batch));

    ValueTask InvokeEdge(RecordBatch batch)
    {
        if (_edge is not { } edge)
        {
            _context.Stage = ProcessingStage.Callback;
            _visit!.Run.Callback(_graph.Wrap(new CallContext<TState>(_context)));
            return default;
        }

        return edge.TakesBatches
            ? edge.InvokeBatch(_context, batch, _index)
            : edge.Invoke(_context, _graph.Wrap(new CallContext<TState>(_context)), batch.Value(_index), batch[_index].ValueIsNull);
    }

    /// <summary>Starts the callback of the record at hand beside those at work. False when it has to wait for one of them.</summary>
    bool StartCall(InputEdge<TState> edge, RecordBatch batch)
    {
        if ((_flushWanted && !_isTransactional) || !_calls.TryStart(edge, batch, _index, _now))
        {
            Pending = _calls.Changed;
            return false;
        }

        _index++;
        TakeEndedCalls();
        return true;
    }

    void TakeEndedCalls()
    {
        _processed += _calls.TakeEnded(_now);
        if (_isTransactional)
            return;
        _flushWanted &= MayWait;
        if (_flushWanted && _calls.Active == 0)
            BeginFlush();
    }

    /// <summary>While held: finishes callbacks that run beside each other, for none of their records may be half done.</summary>
    void FinishCalls()
    {
        TakeEndedCalls();
        if (_calls.Active > 0)
            Pending = _calls.Changed;
    }
}
