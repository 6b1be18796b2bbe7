using System.Runtime.ExceptionServices;
using GokaAkka.Tracing;

namespace GokaAkka.Processing;

/// <summary>
/// Decides by the error policy what becomes of records that failed, and passes over those that are to be: logged, and dead-lettered where the
/// policy says so. Used by the partition's thread; not on the way of a record that does not fail.
/// </summary>
sealed class RecordFailures<TState>(
    GroupGraph<TState> graph, int partition, TaskOptions options, DeadLetters letters, EffectCarrier<TState> carrier, ITaskHost host,
    TaskTracing tracing, CancellationToken stop)
{
    readonly ErrorPlan _plan = options.Errors;

    /// <summary>Takes care of a record, or of the batch of a batch callback, that has failed.</summary>
    /// <param name="context">The context at the record that failed.</param>
    /// <param name="edge">Its input; null for a visit.</param>
    /// <param name="cause">Why it failed.</param>
    /// <param name="segment">The segment it belongs to.</param>
    /// <param name="now">The time in milliseconds since the Unix epoch.</param>
    /// <returns>The pause before it is to be tried again; null when it was passed over.</returns>
    /// <exception cref="RecordException">It may be neither tried again nor passed over.</exception>
    /// <exception cref="DeadLetterException">Its dead letter was refused.</exception>
    /// <exception cref="PartitionLostException">The partition may be another's by now.</exception>
    public Task? Handle(ProcessingContext<TState> context, InputEdge<TState>? edge, Exception cause, Func<Segment> segment, long now)
    {
        tracing.Failed(cause);
        if (cause is DeadLetterException or PartitionLostException)
            ExceptionDispatchInfo.Throw(cause);
        // A callback that goes on past a value that it could not read fails by itself.
        if (context.Stage == ProcessingStage.Table && cause is not TableValueException)
            context.Stage = ProcessingStage.Callback;
        var policy = _plan.For(edge?.Topic, context.Stage);
        var error = Describe(context, cause, policy);
        // While stopping, a failure may well come of the stop itself: the record stays uncommitted and the next owner reads it again.
        if (stop.IsCancellationRequested || !error.IsOfTheRecord)
            throw error;
        // What was sent already can be taken back with the transaction alone.
        if (options.IsTransactional && context.Stage == ProcessingStage.Emit && carrier.IsTorn)
            throw error;
        if (context.Attempt <= policy.Retries)
        {
            var pause = _plan.Pause(policy, context.Attempt);
            host.Retrying(error, pause);
            return host.Delay(pause, stop);
        }

        if (!policy.PassesOver)
            throw error;
        if (edge is { TakesBatches: true })
            PassOverBatch(context, edge, error, policy, segment(), now);
        else
            PassOver(context, context.Index, error, edge is null ? ErrorPolicy.Skip : policy, segment, now);
        return null;
    }

    /// <summary>Whether a record of a batch that cannot be read is taken out of it. It is passed over when its batch is done, or has failed for good.</summary>
    public bool TakeOut(ProcessingContext<TState> context, Exception cause)
    {
        var policy = _plan.For(context.Topic, ProcessingStage.Decode);
        if (!policy.PassesOver || context.Attempt <= policy.Retries || stop.IsCancellationRequested)
            return false;
        context.TakenOut.Add((context.Index, Describe(context, cause, policy)));
        return true;
    }

    /// <summary>
    /// Whether a table's value that its codec cannot read is taken for absent; where the policy says so, the entry is dead-lettered together with what the
    /// callback asks for. On the callback's thread.
    /// </summary>
    public bool IsAbsent(ProcessingContext<TState> context, TableValueException cause)
    {
        var policy = _plan.For(context.Topic, ProcessingStage.Table);
        if (!policy.PassesOver)
            return false;
        options.Unreadable(cause);
        if (policy.Action == ErrorAction.DeadLetter)
        {
            var error = new RecordException(
                graph.Group, cause.Table, cause.Partition, -1, cause.Key.ToString(), ProcessingStage.Table, cause, context.Attempt);
            context.DeadLetter(_plan.DeadLetterTopic(policy), cause, DeadLetterHeaders.Of(Headers.Empty, error, graph.Group, -1));
        }

        return true;
    }

    /// <summary>Passes over the records that were taken out of a batch.</summary>
    public void PassOverTakenOut(ProcessingContext<TState> context, Segment segment, long now)
    {
        foreach (var (index, error) in context.TakenOut)
            PassOver(context, index, error, _plan.For(context.Topic, ProcessingStage.Decode), () => segment, now);
        context.TakenOut.Clear();
    }

    void PassOverBatch(
        ProcessingContext<TState> context, InputEdge<TState> edge, RecordException error, ErrorPolicy policy, Segment segment, long now)
    {
        var batch = context.Batch;
        var taken = 0;
        for (var i = context.Index; i < batch.Count; i++)
        {
            if (taken < context.TakenOut.Count && context.TakenOut[taken].Index == i)
                PassOver(context, i, context.TakenOut[taken++].Error, _plan.For(context.Topic, ProcessingStage.Decode), () => segment, now);
            else if (!edge.Ignores(batch, i))
                PassOver(context, i, error.At(batch[i].Offset, Key.Copy(batch.Key(i)).ToString()), policy, () => segment, now);
        }

        context.TakenOut.Clear();
    }

    // A visit has no record that could be lost: its key and value stay in the table, for the next visit.
    void PassOver(ProcessingContext<TState> context, int index, RecordException error, ErrorPolicy policy, Func<Segment> segment, long now)
    {
        if (policy.Action != ErrorAction.DeadLetter)
        {
            host.Skipped(error);
            return;
        }

        var topic = _plan.DeadLetterTopic(policy);
        letters.Send(context.Batch, index, error, topic, segment(), now);
        host.DeadLettered(error, topic);
    }

    RecordException Describe(ProcessingContext<TState> context, Exception cause, ErrorPolicy policy)
    {
        var reason = cause is CallbackFailedException { InnerException: { } given } ? given : cause;
        return new RecordException(graph.Group, context.Topic, partition, context.Offset, context.Key.ToString(), context.Stage, reason, context.Attempt)
        {
            IsFinal = policy.Action == ErrorAction.Fail,
        };
    }
}
