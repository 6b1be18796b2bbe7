namespace GokaAkka.Actors;

/// <summary>
/// How long to wait before the next start of something that failed, and when to give up. Pauses double from the first to the longest and
/// start over once nothing has failed for the length of the window.
/// </summary>
sealed class RestartBackoff(TimeSpan min, TimeSpan max, int maxRestarts, TimeSpan within)
{
    readonly Queue<DateTimeOffset> _failures = new();

    /// <summary>Notes a failure. Null when there were too many: give up.</summary>
    public TimeSpan? Next(DateTimeOffset now)
    {
        while (_failures.TryPeek(out var oldest) && now - oldest > within)
            _failures.Dequeue();
        if (_failures.Count >= maxRestarts)
            return null;
        var pause = Math.Min(max.TotalMilliseconds, min.TotalMilliseconds * Math.Pow(2, _failures.Count));
        _failures.Enqueue(now);
        return TimeSpan.FromMilliseconds(pause);
    }

    /// <summary>Failures that count at the moment.</summary>
    public int Count => _failures.Count;
}
