using System.Buffers.Binary;
using System.Buffers.Text;

namespace GokaAkka.Queries;

/// <summary>
/// Where a page ended: behind this key in this partition. It names nothing of where the partitions were, so it is good wherever they are next.
/// </summary>
readonly record struct PageToken(ReadOnlyMemory<byte> Key, int Partition)
{
    const byte Version = 1;
    const int Head = 1 + sizeof(uint) + sizeof(int);

    /// <summary>What is left of a range in a partition. Entries come by key, and of one key by partition.</summary>
    public KeyRange Rest(KeyRange range, int partition)
    {
        // The first key behind a key is that key and a zero byte.
        var start = partition > Partition ? Key.ToArray() : [.. Key.Span, 0];
        return range.Limit is { } limit ? KeyRange.Between(new Key(start), new Key(limit)) : KeyRange.From(new Key(start));
    }

    public string ToText(string table, KeyRange range)
    {
        var bytes = new byte[Head + Key.Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(1), Check(table, range));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1 + sizeof(uint)), Partition);
        Key.Span.CopyTo(bytes.AsSpan(Head));
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="ArgumentException">It is none, or of another table or range.</exception>
    public static PageToken Parse(string text, string table, KeyRange range)
    {
        byte[] bytes;
        try
        {
            bytes = Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            bytes = [];
        }

        if (bytes.Length < Head || bytes[0] != Version)
            throw new ArgumentException($"'{text}' is no continuation: pass what the page before came with, or nothing to begin.", nameof(text));
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(1)) != Check(table, range))
            throw new ArgumentException($"The continuation is of another table than {table} or of another range: pass nothing to begin anew.", nameof(text));
        return new PageToken(bytes.AsMemory(Head), BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(1 + sizeof(uint))));
    }

    static uint Check(string table, KeyRange range)
    {
        var hash = KeyHash.Compute(Encoding.UTF8.GetBytes(table));
        hash = unchecked((hash * 31) + KeyHash.Compute(range.Start.Span));
        return unchecked((uint)((hash * 31) + (range.Limit is { } limit ? KeyHash.Compute(limit.Span) + 1 : 0)));
    }
}
