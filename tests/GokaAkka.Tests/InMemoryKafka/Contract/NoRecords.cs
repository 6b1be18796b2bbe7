namespace GokaAkka.Testing.Tests;

/// <summary>Takes no record: there should be none.</summary>
public sealed class NoRecords : IRecordSink
{
    public static NoRecords Instance { get; } = new();

    public void Add(
        string topic, int partition, long offset, long timestamp, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull,
        Headers? headers) => throw new InvalidOperationException($"There should be no record, but there is {topic}[{partition}]@{offset}.");
}
