namespace GokaAkka.Processing;

/// <summary>
/// Sends a partition's table records. They go to this partition whatever the key's hash says: here they were made, and here they are restored.
/// </summary>
sealed class ChangelogSender(
    int partition, int partitions, IRecordSender sender, IPartitioner partitioner, ITaskHost host, SentCounters counters)
{
    /// <summary>Sends one, counted on the segment.</summary>
    /// <exception cref="KafkaFaultException">It was refused at once.</exception>
    public void Send(string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, Segment segment, long now)
    {
        if (partitions > 0 && partitioner.Partition(key, partitions) != partition)
            host.Misplaced(key);
        segment.Expect(Segment.TableToken, key.Length + value.Length);
        try
        {
            sender.Send(topic, partition, key, value, valueIsNull, headers, now, segment, Segment.TableToken);
        }
        catch
        {
            segment.Withdraw(Segment.TableToken, key.Length + value.Length);
            throw;
        }

        counters.Add(topic, key.Length + value.Length);
        segment.TableFingerprint = KeyHash.Fingerprint(key, value, valueIsNull);
        segment.TableTimestamp = now;
    }
}
