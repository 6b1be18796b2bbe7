using GokaAkka.Kafka;

namespace GokaAkka.Samples;

/// <summary>
/// How far a group has come with a topic: its committed offsets against the topic's ends. An offset is committed only when all that the
/// records before it caused is acknowledged, so a group that has committed the end has written its whole table.
/// </summary>
sealed class GroupLag(IKafkaClient kafka, string group, string topic)
{
    static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    long _done;
    long _total;

    /// <summary>Records the group is done with, of those there were when <see cref="UntilProcessed"/> was called.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Records there were then, those that the broker has forgotten included.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Waits until the group has processed all that is in the topic now.</summary>
    /// <param name="patience">How long the group may stand still.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="SampleException">The topic does not exist, or the group has stood still for too long.</exception>
    public async Task UntilProcessed(TimeSpan patience, CancellationToken stop)
    {
        var ends = await TopicRanges.Of(kafka, topic, stop);
        Interlocked.Exchange(ref _total, ends.Values.Sum(r => r.High));
        // The seam has a group consumer owned by one thread.
        await Task.Factory.StartNew(() => Wait(ends, patience, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    void Wait(IReadOnlyDictionary<TopicPartition, OffsetRange> ends, TimeSpan patience, CancellationToken stop)
    {
        // It never subscribes, so it asks without being a member.
        using var consumer = kafka.CreateGroupConsumer(new GroupConsumerOptions(group, $"{group}-lag"));
        var partitions = ends.Keys.ToArray();
        var guard = new StallGuard(patience);
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var committed = consumer.Committed(partitions, AnswerTimeout).ToDictionary(o => o.Partition, o => o.Offset);
            var positions = ends.Select(e => (e.Key.Partition, At: At(committed, e.Key.Partition, e.Value), End: e.Value.High)).ToList();
            Interlocked.Exchange(ref _done, positions.Sum(p => p.At));
            var open = positions.Where(p => p.At < p.End).OrderBy(p => p.Partition).ToList();
            if (open.Count == 0)
                return;
            if (guard.HasStalled(Done))
            {
                throw new SampleException(
                    $"Group '{group}' has not moved on in topic '{topic}' for {patience.TotalSeconds:0.#} s: "
                    + string.Join(", ", open.Select(p => $"partition {p.Partition} is at {p.At} of {p.End}"))
                    + ". Is a processor of the group running?");
            }

            stop.WaitHandle.WaitOne(Interval);
        }
    }

    static long At(Dictionary<int, long> committed, int partition, OffsetRange range) =>
        Math.Clamp(committed.GetValueOrDefault(partition, range.Low), range.Low, range.High);
}
