namespace GokaAkka.Processing;

/// <summary>
/// Writes records that failed to a dead letter topic, with the partition's own producer and counted on the record's segment: the record is
/// committed only once its copy is acknowledged. Used by the partition's thread.
/// </summary>
sealed class DeadLetters(string group, int partition, IRecordSender sender, TaskOptions options)
{
    /// <summary>Sends a copy of a record.</summary>
    /// <exception cref="DeadLetterException">It was refused, for good or not.</exception>
    public void Send(RecordBatch batch, int index, RecordException error, string topic, Segment segment, long now)
    {
        var key = batch.Key(index);
        var value = batch.Value(index);
        ref readonly var record = ref batch[index];
        var headers = DeadLetterHeaders.Of(batch.Headers(index), error, group, record.Timestamp);
        segment.Expect(Segment.DeadLetterToken, key.Length + value.Length);
        try
        {
            // One partition's dead letters stay in one partition, and so in their order.
            var target = partition % options.PartitionCount(topic);
            sender.Send(topic, target, key, value, record.ValueIsNull, headers, now, segment, Segment.DeadLetterToken);
        }
        catch (Exception e)
        {
            segment.Withdraw(Segment.DeadLetterToken, key.Length + value.Length);
            throw new DeadLetterException(topic, error, e);
        }

        options.Sent.Add(topic, key.Length + value.Length);
    }
}
