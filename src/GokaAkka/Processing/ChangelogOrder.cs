namespace GokaAkka.Processing;

/// <summary>
/// Watches the offsets that a partition's table records get. They follow one another while the partition is the only one to write its changelog;
/// a gap says that somebody else has written there, an owner before this one that was slow to go, and a step back that the topic was made anew
/// or has lost its tail. Told on the producer's thread, asked on the partition's.
/// </summary>
/// <param name="partition">The partition, to name it.</param>
/// <param name="end">The first changelog offset that the table did not have when the partition began.</param>
/// <param name="hasMarkers">Whether transactions leave gaps of their own, and keep others out.</param>
sealed class ChangelogOrder(int partition, long end, bool hasMarkers)
{
    readonly Lock _gate = new();
    string? _wentBack;
    (long From, long To)? _foreign;
    bool _isUnknown;
    bool _hasGap;

    /// <summary>
    /// Whether the table has every record up to its last one. Where it has not, its store may hold what it has and must not claim to reach
    /// further than before: the next restore reads what is missing.
    /// </summary>
    public bool IsWhole => !Volatile.Read(ref _hasGap);

    /// <summary>Records are delivered, one after the other.</summary>
    /// <param name="count">How many.</param>
    /// <param name="lastOffset">The last one's offset; -1 when the brokers did not say.</param>
    public void Delivered(int count, long lastOffset)
    {
        var first = lastOffset - count + 1;
        if (lastOffset >= 0 && first < end)
            Volatile.Write(ref _wentBack, $"a record got offset {first}, and there was one at offset {end - 1} before it");
        else if (first != end && !hasMarkers)
            Skipped(lastOffset);
        if (lastOffset >= 0)
            end = lastOffset + 1;
    }

    /// <summary>Whether there are records of others that nobody has taken.</summary>
    public bool HasForeign
    {
        get
        {
            lock (_gate)
                return _foreign is not null;
        }
    }

    /// <summary>
    /// Takes the offsets among which there are records of others, this partition's own perhaps among them. Once their keys are written over and that is
    /// acknowledged, <see cref="WrittenOver"/>.
    /// </summary>
    public bool TryTakeForeign(out long from, out long to)
    {
        lock (_gate)
        {
            (from, to) = _foreign ?? default;
            var found = _foreign is not null;
            _foreign = null;
            return found;
        }
    }

    /// <summary>What was taken is of no more account.</summary>
    public void WrittenOver()
    {
        lock (_gate)
            Volatile.Write(ref _hasGap, _foreign is not null || _isUnknown);
    }

    /// <exception cref="StorageCorruptException">The changelog has gone back.</exception>
    public void Check()
    {
        if (Volatile.Read(ref _wentBack) is { } how)
        {
            throw new StorageCorruptException(
                $"The changelog of partition {partition} was recreated or truncated under its owner: {how}. The table is restored from what there is now.");
        }
    }

    // Within what was delivered the others' may be anywhere.
    void Skipped(long lastOffset)
    {
        lock (_gate)
        {
            Volatile.Write(ref _hasGap, true);
            _isUnknown = lastOffset < 0;
            if (!_isUnknown)
                _foreign = (_foreign?.From ?? end, lastOffset + 1);
        }
    }
}
