namespace GokaAkka.Tables;

/// <summary>
/// What becomes of values that codecs cannot read where no callback asks for them: told to whoever asks, or taken for absent, which is counted, and told
/// once a minute. Safe for concurrent use.
/// </summary>
sealed class UnreadableValues(bool areAbsent, TimeProvider time, Action<string> tell)
{
    static readonly TimeSpan ToldEvery = TimeSpan.FromMinutes(1);

    /// <summary>Where nobody wants them taken for absent.</summary>
    public static readonly UnreadableValues Refused = new(false, TimeProvider.System, static _ => { });

    readonly Lock _gate = new();
    long _count;
    long? _told;

    /// <summary>Whether they are taken for absent.</summary>
    public bool ArePassedOver => areAbsent;

    /// <summary>Whether it is taken for absent: then it is counted.</summary>
    public bool AreAbsent(TableValueException error)
    {
        if (areAbsent)
            Count(error);
        return areAbsent;
    }

    /// <summary>One was taken for absent.</summary>
    public void Count(TableValueException error)
    {
        long count;
        lock (_gate)
        {
            count = ++_count;
            if (_told is { } told && time.GetElapsedTime(told) < ToldEvery)
                return;
            _told = time.GetTimestamp();
        }

        tell($"Values that cannot be read were taken for absent, {count} so far. The last one: {error.Message}");
    }

    /// <summary>Reads a value; false where it is taken for absent.</summary>
    /// <exception cref="TableValueException">It cannot be read, and is not taken for absent.</exception>
    public bool TryDecode<T>(Table<T> table, string owner, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int partition, out T? decoded, long? offset = null)
    {
        try
        {
            decoded = TableValueException.Decode(table.Codec, value, key, owner, table.Name, partition, offset);
            return true;
        }
        catch (TableValueException e) when (AreAbsent(e))
        {
            decoded = default;
            return false;
        }
    }
}
