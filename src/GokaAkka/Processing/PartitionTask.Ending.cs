namespace GokaAkka.Processing;

// How a task ends.
sealed partial class PartitionTask<TState>
{
    /// <summary>
    /// Drops what is queued and accepts nothing more. A callback at work is told by its context's cancellation. What was begun goes on until
    /// <see cref="IsSettled"/>.
    /// </summary>
    public void Stop()
    {
        Abandon();
        EndEarly();
    }

    /// <summary>The task has failed and is not run again.</summary>
    public void EndSends()
    {
        _segments.EndSends();
        Watermark.EndSends();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Abandon();
        if (_batch is { } current && _calls.Active == 0 && Pending is null or { IsCompleted: true })
            Release(current);
        _batch = null;
        _tracing.End("The partition has stopped before the batch was done.");
    }

    void Abandon()
    {
        _stop.Cancel();
        _visit?.Abort();
        _queue.Clear(Release);
    }

    /// <summary>Ends the batch at hand where it is, once no callback is at work: its processed records may be committed.</summary>
    void EndEarly()
    {
        if (_batch is null || Pending is { IsCompleted: false })
            return;
        if (_calls.Active > 0)
            Pending = _calls.Changed;
        else if (_callback is null)
            EndBatch(_index < _batch.Count ? _batch[_index].Offset : _batch.NextOffset);
    }
}
