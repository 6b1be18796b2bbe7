namespace GokaAkka.Tables;

/// <summary>A value's bytes, copied so that they can be decoded while the table goes on. The copy is the thread's own scratch memory, if nobody has it.</summary>
ref struct EncodedCopy
{
    // Not worth keeping for a thread.
    const int Largest = 64 * 1024;

    [ThreadStatic]
    static byte[]? scratch;

    byte[] _bytes;
    int _length;

    public readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    public static EncodedCopy Of(ReadOnlySpan<byte> value)
    {
        // Taken out, for a codec may read a table itself.
        var bytes = scratch is { } own && own.Length >= value.Length ? own : new byte[Math.Max(256, value.Length)];
        scratch = null;
        value.CopyTo(bytes);
        return new EncodedCopy { _bytes = bytes, _length = value.Length };
    }

    public readonly void GiveBack()
    {
        if (_bytes.Length <= Largest)
            scratch = _bytes;
    }
}
