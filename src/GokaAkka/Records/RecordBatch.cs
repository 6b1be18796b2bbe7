using System.Buffers;

namespace GokaAkka.Records;

/// <summary>
/// Records of one topic partition in offset order, their bytes in one pooled buffer. Filled by one thread, then handed over: whoever holds
/// it last calls <see cref="Dispose"/>, after which no span taken from it may be used.
/// </summary>
/// <remarks>The unit that passes between threads: no object exists per record.</remarks>
public sealed class RecordBatch : IDisposable
{
    RecordInfo[] _records;
    byte[] _bytes;
    Headers?[]? _headers;
    int _used;

    /// <summary>An empty batch for one topic partition.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="generation">The assignment this batch was read under; consumers drop batches of another one.</param>
    /// <param name="records">How many records to make room for at first.</param>
    /// <param name="bytes">How many key and value bytes to make room for at first.</param>
    public RecordBatch(string topic, int partition, int generation, int records = 64, int bytes = 8192)
    {
        Topic = topic;
        Partition = partition;
        Generation = generation;
        _records = ArrayPool<RecordInfo>.Shared.Rent(records);
        _bytes = ArrayPool<byte>.Shared.Rent(bytes);
    }

    /// <summary>The topic all records are from.</summary>
    public string Topic { get; }

    /// <summary>The partition all records are from.</summary>
    public int Partition { get; }

    /// <summary>The assignment this batch was read under.</summary>
    public int Generation { get; }

    /// <summary>Number of records.</summary>
    public int Count { get; private set; }

    /// <summary>Key and value bytes held.</summary>
    public int Bytes => _used;

    /// <summary>The offset to read from after this batch. Past the last record's offset plus one where markers or compacted records follow it.</summary>
    public long NextOffset { get; set; }

    /// <summary>A record's fixed fields.</summary>
    public ref readonly RecordInfo this[int index] => ref _records[index];

    /// <summary>A record's key bytes; empty for a null key.</summary>
    public ReadOnlySpan<byte> Key(int index)
    {
        ref readonly var record = ref _records[index];
        return _bytes.AsSpan(record.Start, record.KeyLength);
    }

    /// <summary>A record's value bytes; empty for a null value, see <see cref="RecordInfo.ValueIsNull"/>.</summary>
    public ReadOnlySpan<byte> Value(int index)
    {
        ref readonly var record = ref _records[index];
        return record.ValueIsNull ? default : _bytes.AsSpan(record.Start + record.KeyLength, record.ValueLength);
    }

    /// <summary>A record's headers.</summary>
    public Headers Headers(int index) =>
        // As long as the last record that has some asked for: those behind it have none.
        _headers is { } headers && index < headers.Length ? headers[index] ?? Records.Headers.Empty : Records.Headers.Empty;

    /// <summary>Appends a record, copying its bytes.</summary>
    /// <param name="offset">The record's offset; greater than the last one's.</param>
    /// <param name="timestamp">Milliseconds since the Unix epoch, or -1 when the broker gave none.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="valueIsNull">Whether the value is null, which is another thing than empty.</param>
    /// <param name="headers">The headers, or null for none.</param>
    public void Add(long offset, long timestamp, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers = null)
    {
        if (Count == _records.Length)
            Grow(ref _records, Count + 1, Count);
        var needed = key.Length + value.Length;
        if (_used + needed > _bytes.Length)
            Grow(ref _bytes, _used + needed, _used);
        key.CopyTo(_bytes.AsSpan(_used));
        value.CopyTo(_bytes.AsSpan(_used + key.Length));
        _records[Count] = new RecordInfo(offset, timestamp, _used, key.Length, valueIsNull ? -1 : value.Length);
        if (headers is { Count: > 0 })
            SetHeaders(Count, headers);
        _used += needed;
        Count++;
        NextOffset = offset + 1;
    }

    /// <summary>Gives the buffers back. The batch is not used afterwards.</summary>
    public void Dispose()
    {
        if (_records.Length == 0)
            return;
        ArrayPool<RecordInfo>.Shared.Return(_records);
        ArrayPool<byte>.Shared.Return(_bytes);
        _records = [];
        _bytes = [];
        _headers = null;
        Count = 0;
    }

    void SetHeaders(int index, Headers headers)
    {
        if (_headers is null || _headers.Length <= index)
            Array.Resize(ref _headers, Math.Max(_records.Length, index + 1));
        _headers[index] = headers;
    }

    static void Grow<T>(ref T[] array, int needed, int used)
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(needed, array.Length * 2));
        Array.Copy(array, larger, used);
        ArrayPool<T>.Shared.Return(array);
        array = larger;
    }
}

/// <summary>The fixed fields of a record in a <see cref="RecordBatch"/>.</summary>
/// <param name="Offset">The record's offset.</param>
/// <param name="Timestamp">Milliseconds since the Unix epoch, or -1 when the broker gave none.</param>
/// <param name="Start">Where its key starts in the batch's buffer; the value follows it.</param>
/// <param name="KeyLength">Key bytes.</param>
/// <param name="ValueLength">Value bytes, or -1 for a null value.</param>
public readonly record struct RecordInfo(long Offset, long Timestamp, int Start, int KeyLength, int ValueLength)
{
    /// <summary>Whether the value is null: a tombstone in a compacted topic.</summary>
    public bool ValueIsNull => ValueLength < 0;
}
