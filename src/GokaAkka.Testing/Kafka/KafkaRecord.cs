namespace GokaAkka.Testing;

/// <summary>An entry of a partition's log, for tests to look at.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="Timestamp">Milliseconds since the Unix epoch.</param>
/// <param name="Key">Its key; empty for none.</param>
/// <param name="Value">Its value, or null: a tombstone, or a transaction's marker.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Status">What it is to a read_committed reader.</param>
public sealed record KafkaRecord(
    string Topic, int Partition, long Offset, long Timestamp, Key Key, byte[]? Value, Headers Headers, RecordStatus Status)
{
    /// <summary>The value read as UTF-8, or null for a null value.</summary>
    public string? Text => Value is null ? null : Encoding.UTF8.GetString(Value);

    /// <inheritdoc/>
    public override string ToString() => $"{Topic}[{Partition}]@{Offset} {Key} = {Text ?? "null"} ({Status})";
}
