namespace GokaAkka.Processing;

/// <summary>
/// Asynchronous callbacks of one batch that run at the same time, each for another key. They start in order and end in any; what they asked
/// for is carried out when they end, on the partition's thread. Used by that thread, except for the signal of an end.
/// </summary>
sealed class ConcurrentCalls<TState>(Func<Func<Segment>, ProcessingContext<TState>> newContext)
{
    readonly Stack<Call> _free = new();
    readonly HashSet<Key> _keys = [];
    readonly List<Call> _active = [];
    readonly ConcurrentQueue<Call> _ended = new();
    // Whoever waits for it goes on with a message, on the thread on which a callback has ended.
    TaskCompletionSource _changed = new();

    /// <summary>Callbacks that have not been taken back.</summary>
    public int Active => _active.Count;

    /// <summary>Their records, in order of their start.</summary>
    public IReadOnlyList<RecordAtWork> AtWork => [.. _active.Select(c => new RecordAtWork(c.Context.Topic, c.Context.Offset, c.Key))];

    /// <summary>Ends when a callback has ended since the last <see cref="TryTake"/> that found none.</summary>
    public Task Changed => _changed.Task;

    /// <summary>Whether a callback for this key may start now.</summary>
    public bool CanStart(ReadOnlySpan<byte> key, int limit) => Active < limit && (Active == 0 || !_keys.Contains(Key.Copy(key)));

    /// <summary>Prepares a call for a record; its segment is open until it is taken back.</summary>
    public Call Begin(RecordBatch batch, int index, Segment segment)
    {
        var call = _free.Count > 0 ? _free.Pop() : new Call(newContext);
        call.Context.Begin(batch, index);
        call.Segment = segment;
        call.Key = Key.Copy(batch.Key(index));
        _keys.Add(call.Key);
        _active.Add(call);
        return call;
    }

    /// <summary>The callback has been called; its end will be noticed.</summary>
    public void Await(Call call, ValueTask work)
    {
        call.Work = work.AsTask();
        call.Work.ContinueWith(
            static (_, state) =>
            {
                var (calls, ended) = ((ConcurrentCalls<TState>, Call))state!;
                calls._ended.Enqueue(ended);
                Volatile.Read(ref calls._changed).TrySetResult();
            },
            (this, call), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>A call that has ended and is to be finished.</summary>
    public bool TryTake(out Call call)
    {
        if (_ended.TryDequeue(out call!))
            return true;
        if (_changed.Task.IsCompleted)
        {
            Volatile.Write(ref _changed, new TaskCompletionSource());
            // One may have ended between the two.
            return _ended.TryDequeue(out call!);
        }

        return false;
    }

    /// <summary>The call is finished; its place is free.</summary>
    public void End(Call call)
    {
        _keys.Remove(call.Key);
        call.Work = Task.CompletedTask;
        call.Failure = null;
        _free.Push(call);
        _active.Remove(call);
    }

    /// <summary>One callback at work.</summary>
    public sealed class Call
    {
        public Call(Func<Func<Segment>, ProcessingContext<TState>> newContext) => Context = newContext(() => Deferred());

        public ProcessingContext<TState> Context { get; }

        public Segment Segment { get; set; } = null!;

        public Key Key { get; set; }

        public Task Work { get; set; } = Task.CompletedTask;

        /// <summary>Why its last attempt has failed, while it waits for the next one.</summary>
        public Exception? Failure { get; set; }

        Segment Deferred()
        {
            Segment.ExpectDeferred();
            return Segment;
        }
    }
}
