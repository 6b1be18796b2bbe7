namespace GokaAkka.Storage.Tests;

static class StoreExtensions
{
    /// <summary>Applies one batch: a null value deletes.</summary>
    public static void Write(this IStorage store, long nextOffset, params ReadOnlySpan<(Key Key, string? Value)> writes)
    {
        using var batch = new WriteBatch();
        foreach (var (key, value) in writes)
        {
            if (value is null)
                batch.Delete(key.Span);
            else
                batch.Put(key.Span, Encoding.UTF8.GetBytes(value));
        }

        store.Apply(batch, PositionAfter(nextOffset));
    }

    /// <summary>The position that is written with the batch before an offset.</summary>
    public static StorePosition PositionAfter(long nextOffset) => new(nextOffset, (ulong)nextOffset * 31, nextOffset * 1000);

    public static string? Text(this IStorage store, Key key) => store.Get(key.Span) is { } value ? Encoding.UTF8.GetString(value) : null;

    /// <summary>All of a range, as <c>key=value</c>.</summary>
    public static string[] Dump(this IStorage store, KeyRange? range = null)
    {
        using var iterator = store.Iterate(range ?? KeyRange.All);
        return iterator.Rest();
    }

    public static string[] Rest(this IStorageIterator iterator)
    {
        var entries = new List<string>();
        while (iterator.Next())
            entries.Add($"{Readable(iterator.Key)}={Encoding.UTF8.GetString(iterator.Value)}");
        return [.. entries];
    }

    public static Key Bytes(params byte[] bytes) => new(bytes);

    static string Readable(ReadOnlySpan<byte> key) => Ascii.IsValid(key) ? Encoding.ASCII.GetString(key) : "0x" + Convert.ToHexString(key);
}
