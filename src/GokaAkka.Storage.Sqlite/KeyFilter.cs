using System.Numerics;

namespace GokaAkka.Storage.Sqlite;

/// <summary>
/// Which keys a store may hold: a key that is new is not looked for in the file. A Bloom filter whose every key is in one line of memory.
/// One thread adds, any thread asks: it sees what was added before the version it reads was published.
/// </summary>
/// <remarks>Knows nothing of deletions: a key that was there once is looked for.</remarks>
sealed class KeyFilter
{
    const int Words = 8;
    // 16 bits a key: one absent key of a thousand is looked for in vain.
    const int KeysPerLine = Words * 64 / 16;
    const int LeastLines = 512;
    const ulong Spread = 0x9E3779B97F4A7C15;

    readonly ulong[] _words;
    readonly int _shift;
    readonly long _mostBytes;
    long _keys;

    /// <param name="keys">For how many keys; it can take more, and tells less then.</param>
    /// <param name="mostBytes">The most memory it takes.</param>
    public KeyFilter(long keys, long mostBytes)
    {
        _mostBytes = mostBytes;
        var lines = BitOperations.RoundUpToPowerOf2((ulong)Math.Max(LeastLines, keys / KeysPerLine));
        var most = (ulong)mostBytes / (Words * sizeof(ulong));
        lines = Math.Min(lines, 1ul << BitOperations.Log2(Math.Max(most, 1)));
        _words = GC.AllocateUninitializedArray<ulong>(checked((int)lines * Words));
        Array.Clear(_words);
        _shift = 64 - BitOperations.Log2(lines);
    }

    /// <summary>Whether it has more keys than it is made for, and a larger one is allowed.</summary>
    public bool IsFull => _keys > _words.Length / Words * KeysPerLine && _words.Length * 2L * sizeof(ulong) <= _mostBytes;

    /// <summary>One for twice the keys, to be filled.</summary>
    public KeyFilter Larger() => new(_keys * 2, _mostBytes);

    public void Add(ReadOnlySpan<byte> key)
    {
        var hash = Hash(key);
        var line = Line(hash);
        for (var i = 0; i < line.Length; i++)
            line[i] |= Bit(hash, i);
        _keys++;
    }

    public void Add(Block block)
    {
        for (var i = 0; i < block.Count; i++)
            Add(block.KeyAt(i));
    }

    public bool MayContain(ReadOnlySpan<byte> key)
    {
        var hash = Hash(key);
        var line = Line(hash);
        for (var i = 0; i < line.Length; i++)
        {
            if ((line[i] & Bit(hash, i)) == 0)
                return false;
        }

        return true;
    }

    // A line by the upper bits, a bit of each of its words by six of the lower ones.
    Span<ulong> Line(ulong hash) => _words.AsSpan((int)(_shift == 64 ? 0 : hash >> _shift) * Words, Words);

    static ulong Bit(ulong hash, int word) => 1ul << (int)((hash >> (word * 6)) & 63);

    static ulong Hash(ReadOnlySpan<byte> key)
    {
        var hash = ((uint)EntryChecksum.Of(key, default) + 1ul) * Spread;
        return (hash ^ (hash >> 29)) * Spread;
    }
}
