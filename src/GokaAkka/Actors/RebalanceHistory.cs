namespace GokaAkka.Actors;

/// <summary>The last changes of a processor's assignment on this node, a bounded number. Safe for concurrent use.</summary>
sealed class RebalanceHistory(TimeProvider time)
{
    const int Kept = 20;

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

    public void Add(Rebalance change)
    {
        lock (_changes)
        {
            if (_changes.Count == Kept)
                _changes.Dequeue();
            _changes.Enqueue((time.GetUtcNow(), change));
        }
    }
}
