using System.Buffers;
using System.Buffers.Text;

namespace GokaAkka.Codecs;

/// <inheritdoc cref="Codec.Int64"/>
sealed class Int64Codec : ICodec<long>
{
    const int LongestText = 20;

    public bool IsImmutable => true;

    public void Encode(long value, IBufferWriter<byte> output)
    {
        Utf8Formatter.TryFormat(value, output.GetSpan(LongestText), out var written);
        output.Advance(written);
    }

    public long Decode(ReadOnlySpan<byte> data)
    {
        // Go's strconv.ParseInt takes a leading plus; so must this, to read what a Go program wrote.
        var digits = data.Length > 1 && data[0] == (byte)'+' && data[1] != (byte)'-' ? data[1..] : data;
        if (Utf8Parser.TryParse(digits, out long value, out var consumed) && consumed == digits.Length && digits.Length > 0)
            return value;
        throw new FormatException($"Expected a 64-bit integer as decimal text, found {Shown(data)}.");
    }

    static string Shown(ReadOnlySpan<byte> data) => data.Length == 0
        ? "no bytes"
        : $"\"{Encoding.UTF8.GetString(data[..Math.Min(data.Length, 32)])}\"" + (data.Length > 32 ? $" and {data.Length - 32} more bytes" : "");
}
