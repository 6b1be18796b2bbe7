using GokaAkka.Tracing;

namespace GokaAkka.Processing;

/// <summary>
/// Runs the asynchronous callbacks of an input that may be at work at the same time: starts them, carries out what they asked for when they have
/// ended, and calls those again whose policy says so. Used by the partition's thread.
/// </summary>
sealed class ConcurrentRunner<TState>(
    GroupGraph<TState> graph, ConcurrentCalls<TState> calls, SegmentCutter segments, EffectCarrier<TState> carrier, RecordFailures<TState> failures,
    TaskTracing tracing, MembershipLease lease, CancellationToken stop)
{
    InputEdge<TState>? _edge;
    int _processed;
    long _now;

    /// <summary>Callbacks at work, and pauses before they are called again.</summary>
    public int Active => calls.Active;

    /// <summary>Those of them that wait to be called again.</summary>
    public int Paused { get; private set; }

    /// <summary>Their records, in order of their start.</summary>
    public IReadOnlyList<RecordAtWork> AtWork => calls.AtWork;

    /// <summary>Ends when one of them has ended: time for <see cref="TakeEnded"/>.</summary>
    public Task Changed => calls.Changed;

    /// <summary>Calls the callback for a record beside those at work. False when it has to wait for one of them.</summary>
    public bool TryStart(InputEdge<TState> edge, RecordBatch batch, int index, long now)
    {
        if (!calls.CanStart(batch.Key(index), edge.Options.Concurrency))
            return false;
        _edge = edge;
        _now = now;
        Invoke(calls.Begin(batch, index, segments.Single(index, batch[index].Offset)));
        return true;
    }

    /// <summary>Finishes those that have ended.</summary>
    /// <returns>How many records are done.</returns>
    /// <exception cref="RecordException">One has failed, and its policy is neither to try it again nor to pass over it.</exception>
    public int TakeEnded(long now)
    {
        _now = now;
        while (calls.TryTake(out var call))
        {
            if (call.Failure is not null)
                GoOn(call);
            else
                Finish(call);
        }

        var processed = _processed;
        _processed = 0;
        return processed;
    }

    void Invoke(ConcurrentCalls<TState>.Call call)
    {
        try
        {
            calls.Await(call, tracing.HasRecordSpans ? InvokeTraced(call.Context) : InvokeEdge(call.Context));
        }
        catch (Exception e)
        {
            Failed(call, e);
        }
    }

    // Apart, so that a closure is made only here.
    ValueTask InvokeTraced(ProcessingContext<TState> context) => context.InSpan(() => InvokeEdge(context));

    ValueTask InvokeEdge(ProcessingContext<TState> context)
    {
        var (batch, index) = (context.Batch, context.Index);
        return _edge!.Invoke(context, graph.Wrap(new CallContext<TState>(context)), batch.Value(index), batch[index].ValueIsNull);
    }

    /// <summary>Its pause has ended.</summary>
    void GoOn(ConcurrentCalls<TState>.Call call)
    {
        var failure = call.Failure!;
        call.Failure = null;
        Paused--;
        // Cut short: the record stays uncommitted.
        if (stop.IsCancellationRequested)
        {
            Failed(call, failure);
            return;
        }

        call.Context.BeginAgain();
        if (call.Context.Stage == ProcessingStage.Emit)
            Finish(call);
        else
            Invoke(call);
    }

    void Finish(ConcurrentCalls<TState>.Call call)
    {
        try
        {
            call.Work.GetAwaiter().GetResult();
            if (lease.IsExpired)
            {
                calls.Await(call, new ValueTask(lease.Known()));
                return;
            }

            carrier.Carry(call.Context, call.Segment, _now);
        }
        catch (Exception e)
        {
            Failed(call, e);
            return;
        }

        Close(call);
    }

    void Failed(ConcurrentCalls<TState>.Call call, Exception cause)
    {
        Task? pause;
        try
        {
            // Nothing is passed over for somebody else: it is tried again once it is known whose it is.
            pause = lease.IsExpired && !stop.IsCancellationRequested ? lease.Known() : failures.Handle(call.Context, _edge, cause, () => call.Segment, _now);
        }
        catch
        {
            calls.End(call);
            throw;
        }

        if (pause is null)
        {
            call.Context.Reset();
            Close(call);
            return;
        }

        // Its key stays taken: the next record of the key waits, those of others go on.
        call.Failure = cause;
        Paused++;
        calls.Await(call, new ValueTask(pause));
    }

    void Close(ConcurrentCalls<TState>.Call call)
    {
        calls.End(call);
        _processed++;
        call.Segment.Close();
    }
}
