namespace GokaAkka.Storage;

/// <summary>Which keys: from <see cref="Start"/> on, up to but not including <see cref="Limit"/>.</summary>
public readonly record struct KeyRange
{
    KeyRange(ReadOnlyMemory<byte> start, ReadOnlyMemory<byte>? limit)
    {
        Start = start;
        Limit = limit;
    }

    /// <summary>Every key.</summary>
    public static KeyRange All => default;

    /// <summary>The first key that may be in the range. The empty key comes before all others.</summary>
    public ReadOnlyMemory<byte> Start { get; }

    /// <summary>The first key past the range, or null for no end.</summary>
    public ReadOnlyMemory<byte>? Limit { get; }

    /// <summary>Keys from <paramref name="start"/> on, up to but not including <paramref name="limit"/>; none when they are in the wrong order.</summary>
    public static KeyRange Between(Key start, Key limit) => new(start.Memory, limit.Memory);

    /// <summary>Keys from <paramref name="start"/> on.</summary>
    public static KeyRange From(Key start) => new(start.Memory, null);

    /// <summary>Keys that start with these bytes; every key for an empty prefix.</summary>
    public static KeyRange Prefix(Key prefix)
    {
        // The first key past the prefix: drop trailing 0xff bytes, which have no successor, and raise the last one left.
        var bytes = prefix.Span.ToArray();
        var length = bytes.Length;
        while (length > 0 && bytes[length - 1] == 0xff)
            length--;
        if (length == 0)
            return From(prefix);
        bytes[length - 1]++;
        return new KeyRange(prefix.Memory, bytes.AsMemory(0, length));
    }

    /// <summary>Whether the range holds the key.</summary>
    public bool Contains(ReadOnlySpan<byte> key) =>
        key.SequenceCompareTo(Start.Span) >= 0 && (Limit is not { } limit || key.SequenceCompareTo(limit.Span) < 0);
}
