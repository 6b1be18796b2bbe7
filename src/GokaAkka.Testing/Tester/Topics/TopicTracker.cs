namespace GokaAkka.Testing;

/// <summary>
/// Walks over the records of a topic in the order in which they were written, of all partitions as of one: starts behind those that were
/// there when it was made. goka's <c>QueueTracker</c>, whose topics have one partition.
/// </summary>
/// <typeparam name="T">The values' type.</typeparam>
public sealed class TopicTracker<T>
{
    readonly List<KafkaRecord> _records;
    readonly ICodec<T> _codec;

    internal TopicTracker(string topic, List<KafkaRecord> records, ICodec<T> codec)
    {
        Topic = topic;
        _records = records;
        _codec = codec;
        NextOffset = Hwm;
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>Records written so far. With one partition, the high watermark.</summary>
    public long Hwm => _records.Count;

    /// <summary>Which record comes next, counted from 0 in the order of writing. With one partition, its offset.</summary>
    public long NextOffset { get; private set; }

    /// <summary>The next record with its headers, or null at the end.</summary>
    /// <exception cref="TesterException">Its value cannot be read.</exception>
    public TrackedRecord<T>? Next()
    {
        if (NextRaw() is not { } record)
            return null;
        try
        {
            return new TrackedRecord<T>(
                record.Key, record.Value is null ? default : _codec.Decode(record.Value), record.Value is null, record.Headers,
                RecordTime.Of(record.Timestamp) ?? default, record.Partition, record.Offset);
        }
        catch (Exception e)
        {
            throw new TesterException($"The value at {Topic}[{record.Partition}]@{record.Offset}, key '{record.Key}', cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The records from here to the end.</summary>
    /// <exception cref="TesterException">A value cannot be read.</exception>
    public IReadOnlyList<TrackedRecord<T>> Rest()
    {
        var rest = new List<TrackedRecord<T>>();
        while (Next() is { } record)
            rest.Add(record);
        return rest;
    }

    /// <summary>The next record as it is in the topic, or null at the end.</summary>
    public KafkaRecord? NextRaw() => NextOffset < Hwm ? _records[(int)NextOffset++] : null;

    /// <summary>Goes to a record: <see cref="Next"/> returns it next. One past the end waits for it to be written.</summary>
    public void Seek(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        NextOffset = offset;
    }
}
