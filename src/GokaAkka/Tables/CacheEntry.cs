using GokaAkka.Records;

namespace GokaAkka.Tables;

/// <summary>
/// One key of a table in memory: its encoded value, which is what counts, and the decoded one where the codec says values do not change.
/// </summary>
sealed class CacheEntry<T>(byte[] key, ulong hash)
{
    public readonly byte[] Key = key;
    public readonly ulong Hash = hash;
    public CacheEntry<T>? Next;

    // The value's bytes; the buffer is reused by the next value that fits.
    byte[] _buffer = [];
    int _length = Absent;

    const int Absent = -1;

    /// <summary>The flush epoch the last change belongs to; 0 when the store has it.</summary>
    public long DirtyEpoch;

    /// <summary>Read since the eviction hand last passed.</summary>
    public bool Referenced;

    /// <summary>Whether the newest value waits to be sent to the changelog.</summary>
    public bool IsUnsent;

    /// <summary>The headers to send the newest value with, where they wait for that.</summary>
    public Headers? UnsentHeaders;

    public T? Decoded;
    public bool HasDecoded;

    public bool IsAbsent => _length == Absent;

    public ReadOnlySpan<byte> Value => IsAbsent ? default : _buffer.AsSpan(0, _length);

    /// <summary>What the entry takes in memory, about.</summary>
    public int Cost => ObjectCost + Key.Length + _buffer.Length;

    const int ObjectCost = 136;

    public Headers? TakeUnsentHeaders()
    {
        var headers = UnsentHeaders;
        UnsentHeaders = null;
        return headers;
    }

    public void SetValue(ReadOnlySpan<byte> value)
    {
        if (_buffer.Length < value.Length)
            _buffer = new byte[RoundUp(value.Length)];
        value.CopyTo(_buffer);
        _length = value.Length;
        HasDecoded = false;
    }

    public void SetAbsent()
    {
        _length = Absent;
        HasDecoded = false;
        Decoded = default;
    }

    // Room for values that grow a little, such as counters, without a new buffer each time.
    static int RoundUp(int length) => (length + 15) & ~7;
}
