namespace GokaAkka.Records;

/// <summary>
/// A record's key: bytes, exactly as they are on the wire. A string converts to its UTF-8 bytes; <see cref="ToString"/> is a view for
/// people and never changes the key, so keys that are not UTF-8 pass through untouched. Ordered byte by byte, as the stores are.
/// </summary>
/// <remarks>goka uses a Go string, which holds bytes as well. A null key on the wire becomes the empty key, as in goka.</remarks>
public readonly struct Key : IEquatable<Key>, IComparable<Key>
{
    readonly ReadOnlyMemory<byte> _bytes;

    /// <summary>A key of these bytes, which the caller does not change afterwards.</summary>
    public Key(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>A key of the UTF-8 bytes of <paramref name="text"/>.</summary>
    public Key(string text) => _bytes = Encoding.UTF8.GetBytes(text);

    /// <summary>The key's bytes.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes;

    /// <summary>The key's bytes.</summary>
    public ReadOnlySpan<byte> Span => _bytes.Span;

    /// <summary>Number of bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>A key of the string's UTF-8 bytes.</summary>
    public static implicit operator Key(string text) => new(text);

    /// <summary>A key of a copy of <paramref name="bytes"/>.</summary>
    public static Key Copy(ReadOnlySpan<byte> bytes) => new(bytes.ToArray());

    /// <inheritdoc/>
    public bool Equals(Key other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Key other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((int)KeyHash.Compute(Span));

    /// <summary>Byte order: shorter prefixes first.</summary>
    public int CompareTo(Key other) => Span.SequenceCompareTo(other.Span);

    /// <summary>Whether both keys have the same bytes.</summary>
    public static bool operator ==(Key left, Key right) => left.Equals(right);

    /// <summary>Whether the keys differ in any byte.</summary>
    public static bool operator !=(Key left, Key right) => !left.Equals(right);

    /// <summary>The bytes read as UTF-8, for people and logs; invalid sequences show as U+FFFD.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Span);
}
