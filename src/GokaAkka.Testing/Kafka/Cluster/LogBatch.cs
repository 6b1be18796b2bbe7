namespace GokaAkka.Testing;

/// <summary>Entries of a log as the batch a consumer would hand out.</summary>
static class LogBatch
{
    public static RecordBatch Of(TopicPartition source, int generation, List<LogRecord> records, long nextOffset)
    {
        var batch = new RecordBatch(source.Topic, source.Partition, generation, Math.Max(1, records.Count));
        foreach (var record in records)
            batch.Add(record.Offset, record.Timestamp, record.Key, record.Value, record.Value is null, record.Headers);
        batch.NextOffset = nextOffset;
        return batch;
    }
}
