namespace GokaAkka.Actors;

/// <summary>Whether the brokers answer a view, and whether it has all that was written while they did not. A plain class: it is told the answers.</summary>
sealed class ViewConnection
{
    // Where the partitions ended when the brokers answered again, until the view has got there.
    long[]? _ends;

    /// <summary>Whether the last question was not answered.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Whether the view still has to read what was written while no broker answered.</summary>
    public bool IsBehind => _ends is not null;

    /// <summary>A question was not answered.</summary>
    /// <returns>Whether that is new.</returns>
    public bool Lose()
    {
        _ends = null;
        var wasLost = IsLost;
        IsLost = true;
        return !wasLost;
    }

    /// <summary>A question was answered.</summary>
    /// <returns>Whether the one before was not.</returns>
    public bool Answer(IReadOnlyList<long> ends)
    {
        var wasLost = IsLost;
        IsLost = false;
        if (wasLost)
            _ends = [.. ends];
        else if (_ends is not null)
            // A topic that was truncated or made again is not waited for where it ended before.
            _ends = [.. _ends.Zip(ends, Math.Min)];
        return wasLost;
    }

    /// <summary>The view has got somewhere.</summary>
    /// <param name="next">The next offset of each partition.</param>
    public void Advance(Func<int, long> next)
    {
        if (_ends is { } ends && Enumerable.Range(0, ends.Length).All(i => next(i) >= ends[i]))
            _ends = null;
    }
}
