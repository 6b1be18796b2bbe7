namespace GokaAkka.Tables;

/// <summary>
/// One key of a table in memory: its encoded value, which is what counts, and the decoded one where the codec says values do not change. A place in
/// an <see cref="EntrySlab{T}"/>, named by its index and used again for another key once it is dropped.
/// </summary>
/// <remarks>Key and value lie in one block: a look-up waits for memory once less. 48 bytes where the decoded value takes no more than 8.</remarks>
struct CacheEntry<T>
{
    /// <summary>The <see cref="ValueLength"/> of an absent key.</summary>
    public const int Absent = -1;

    /// <summary>The <see cref="Unsent"/> of a key that does not wait to be sent.</summary>
    public const int IsSent = -1;

    // The key length of a place that is free.
    const int Free = -1;

    public ulong Hash;

    /// <summary>The flush epoch the last change belongs to; 0 when the store has it.</summary>
    public long DirtyEpoch;

    /// <summary>The next entry of the bucket, or of the free places; 0 for none.</summary>
    public int Next;

    /// <summary>The arena's block with the key, the value behind it, and room for a longer value.</summary>
    public int Data;

    public int KeyLength;

    public int ValueLength;

    /// <summary>The place among the <see cref="UnsentKeys{T}"/>; <see cref="IsSent"/> for none.</summary>
    public int Unsent;

    /// <summary>The size class of the block.</summary>
    public byte SizeClass;

    /// <summary>Read since the eviction hand last passed.</summary>
    public bool Referenced;

    public bool HasDecoded;

    public T? Decoded;

    public readonly bool IsAbsent => ValueLength == Absent;

    public readonly bool IsFree => KeyLength == Free;

    /// <summary>The bytes of key and value.</summary>
    public readonly int DataLength => KeyLength + Math.Max(ValueLength, 0);

    /// <summary>Lets go of what the place held; <paramref name="next"/> is the next free one.</summary>
    public void SetFree(int next) => this = new CacheEntry<T> { KeyLength = Free, Next = next };

    public void SetDecoded(T value)
    {
        Decoded = value;
        HasDecoded = true;
    }

    /// <summary>What is decoded is of an older value.</summary>
    public void DropDecoded()
    {
        Decoded = default;
        HasDecoded = false;
    }
}
