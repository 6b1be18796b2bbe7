namespace GokaAkka.Actors;

/// <summary>The last changes of a processor's assignment on this node, a bounded number, and how many there were. Safe for concurrent use.</summary>
sealed class RebalanceHistory(TimeProvider time)
{
    const int Kept = 20;

    readonly long[] _counts = new long[Enum.GetValues<RebalanceKind>().Length];
    readonly Queue<(DateTimeOffset At, Rebalance Change)> _changes = [];

    /// <summary>The latest first.</summary>
    public IReadOnlyList<(DateTimeOffset At, Rebalance Change)> Latest
    {
        get
        {
            lock (_changes)
                return [.. _changes.Reverse()];
        }
    }

    /// <summary>How many there were of a kind, since the processor was started.</summary>
    public long Count(RebalanceKind kind) => Interlocked.Read(ref _counts[(int)kind]);

    public void Add(Rebalance change)
    {
        Interlocked.Increment(ref _counts[(int)change.Kind]);
        lock (_changes)
        {
            if (_changes.Count == Kept)
                _changes.Dequeue();
            _changes.Enqueue((time.GetUtcNow(), change));
        }
    }
}
