namespace GokaAkka.Testing;

/// <summary>A record that a <see cref="TopicTracker{T}"/> has come to, decoded.</summary>
/// <typeparam name="T">The values' type.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; the type's default for a null value.</param>
/// <param name="IsNull">Whether the value is null: a tombstone in a table.</param>
/// <param name="Headers">The headers.</param>
/// <param name="Timestamp">The record's time.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset in its partition.</param>
public sealed record TrackedRecord<T>(
    Key Key, T? Value, bool IsNull, Headers Headers, DateTimeOffset Timestamp, int Partition, long Offset)
{
    /// <summary>Takes the record apart.</summary>
    public void Deconstruct(out Key key, out T? value) => (key, value) = (Key, Value);
}
