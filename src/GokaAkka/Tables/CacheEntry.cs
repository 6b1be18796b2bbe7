using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using GokaAkka.Records;

namespace GokaAkka.Tables;

/// <summary>
/// One key of a table in memory: its encoded value, which is what counts, and the decoded one where the codec says values do not change.
/// </summary>
/// <remarks>Key and value share one array: a look-up waits for memory once less, and there is an object less per key.</remarks>
sealed class CacheEntry<T>
{
    const int Absent = -1;
    const int ObjectCost = 120;
    const int CacheLine = 64;

    public readonly ulong Hash;
    public CacheEntry<T>? Next;

    readonly int _keyLength;

    // The key, the value's bytes, and room for a longer value.
    byte[] _data;
    int _length = Absent;

    public CacheEntry(ReadOnlySpan<byte> key, ulong hash)
    {
        Hash = hash;
        _keyLength = key.Length;
        _data = key.ToArray();
    }

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

    public ReadOnlySpan<byte> Key => _data.AsSpan(0, _keyLength);

    public ReadOnlySpan<byte> Value => IsAbsent ? default : _data.AsSpan(_keyLength, _length);

    /// <summary>What the entry takes in memory, about.</summary>
    public int Cost => ObjectCost + _data.Length;

    /// <summary>Has the processor fetch the entry, or its bytes once it has the entry. A hint: nothing depends on it.</summary>
    public unsafe void Prefetch(PrefetchStep step)
    {
        if (!Sse.IsSupported)
            return;
        // The references themselves are the addresses. To ask the objects for them would wait for what is to be fetched.
        var entry = this;
        var data = step == PrefetchStep.Data ? _data : null;
        var address = data is null ? Unsafe.As<CacheEntry<T>, nint>(ref entry) : Unsafe.As<byte[]?, nint>(ref data);
        Sse.Prefetch0((void*)address);
        Sse.Prefetch0((void*)(address + CacheLine));
    }

    public Headers? TakeUnsentHeaders()
    {
        var headers = UnsentHeaders;
        UnsentHeaders = null;
        return headers;
    }

    public void SetValue(ReadOnlySpan<byte> value)
    {
        var needed = _keyLength + value.Length;
        if (_data.Length < needed)
        {
            var larger = new byte[RoundUp(needed)];
            Key.CopyTo(larger);
            _data = larger;
        }

        value.CopyTo(_data.AsSpan(_keyLength));
        _length = value.Length;
        HasDecoded = false;
    }

    public void SetAbsent()
    {
        _length = Absent;
        HasDecoded = false;
        Decoded = default;
    }

    // Room for values that grow a little, such as counters, without a new array each time.
    static int RoundUp(int length) => (length + 15) & ~7;
}
