using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GokaAkka.Tables;

/// <summary>
/// One key of a table in memory: its encoded value, which is what counts, and the decoded one where the codec says values do not change. A place in
/// an <see cref="EntrySlab{T}"/>, named by its index and used again for another key once it is dropped.
/// </summary>
/// <remarks>
/// Key and value lie together, in the entry itself where they are short, else in a block: a look-up waits for memory once or twice less. 64 bytes
/// where the decoded value takes 8.
/// </remarks>
struct CacheEntry<T>
{
    /// <summary>The <see cref="ValueLength"/> of an absent key.</summary>
    public const int Absent = -1;

    /// <summary>The <see cref="Unsent"/> of a key that does not wait to be sent.</summary>
    public const int IsSent = -1;

    /// <summary>The most bytes of key and value that lie in the entry.</summary>
    public const int InlineBytes = 20;

    /// <summary>The <see cref="SizeClass"/> of an entry whose bytes lie in itself.</summary>
    public const byte IsInline = ByteArena.OwnArray - 1;

    // The key length of a place that is free.
    const int Free = -1;

    public ulong Hash;

    /// <summary>The flush epoch the last change belongs to; 0 when the store has it.</summary>
    public long DirtyEpoch;

    /// <summary>The next entry of the bucket, or of the free places; 0 for none.</summary>
    public int Next;

    public int KeyLength;

    public int ValueLength;

    /// <summary>The place among the <see cref="UnsentKeys{T}"/>; <see cref="IsSent"/> for none.</summary>
    public int Unsent;

    /// <summary>The size class of the block with the key, the value behind it, and room for a longer value.</summary>
    public byte SizeClass;

    /// <summary>Read since the eviction hand last passed.</summary>
    public bool Referenced;

    public bool HasDecoded;

    // Key and value, or the name of their block.
    InlineData _data;

    public T? Decoded;

    /// <summary>The arena's block, where key and value are not <see cref="Inline"/>.</summary>
    public int Block
    {
        readonly get => MemoryMarshal.Read<int>(_data);
        set => MemoryMarshal.Write(_data, value);
    }

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

    /// <summary>The bytes of an entry that lie in itself; good as long as a reference to it.</summary>
    public static Span<byte> Inline(ref CacheEntry<T> entry) => MemoryMarshal.CreateSpan(ref entry._data[0], InlineBytes);

    [InlineArray(InlineBytes)]
    struct InlineData
    {
        byte _first;
    }
}
