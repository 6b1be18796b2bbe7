namespace GokaAkka.Actors;

/// <summary>
/// What keeps a processor or view from its work at the moment. Each trouble is told when it begins, once a minute while it lasts and when it ends,
/// however often it is met between. Safe for concurrent use.
/// </summary>
sealed class TroubleBoard(TimeProvider time)
{
    static readonly TimeSpan ToldEvery = TimeSpan.FromMinutes(1);

    readonly ConcurrentDictionary<string, Trouble> _current = new();
    readonly ConcurrentDictionary<string, long> _told = new();

    /// <summary>Told of a trouble that begins.</summary>
    public Action<Trouble>? Began { get; set; }

    /// <summary>Told of a trouble that goes on, and how long it has lasted.</summary>
    public Action<Trouble, TimeSpan>? Lasts { get; set; }

    /// <summary>Told of a trouble that is over, and how long it lasted.</summary>
    public Action<Trouble, TimeSpan>? Ended { get; set; }

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<Trouble> Current => [.. _current.Values.OrderBy(t => t.Since)];

    /// <summary>It is met, for the first time or again.</summary>
    /// <param name="what">What cannot be done: the same text each time.</param>
    /// <param name="reason">Why.</param>
    public void Meet(string what, string reason)
    {
        var began = new Trouble(what, reason, time.GetUtcNow());
        if (_current.TryAdd(what, began))
        {
            _told[what] = time.GetTimestamp();
            Began?.Invoke(began);
        }
        else if (_current.TryGetValue(what, out var known) && _current.TryUpdate(what, known with { Reason = reason }, known)
            && _told.TryGetValue(what, out var told) && time.GetElapsedTime(told) >= ToldEvery && _told.TryUpdate(what, time.GetTimestamp(), told))
        {
            Lasts?.Invoke(known with { Reason = reason }, began.Since - known.Since);
        }
    }

    /// <summary>It is over; nothing when there was none.</summary>
    public void End(string what)
    {
        if (!_current.IsEmpty && _current.TryRemove(what, out var trouble))
            Ended?.Invoke(trouble, time.GetUtcNow() - trouble.Since);
    }

    /// <summary>Forgets everything: nobody tries any more.</summary>
    public void Clear() => _current.Clear();
}
