using GokaAkka.Graph;

namespace GokaAkka.Testing;

/// <summary>Where a partition of an input is read from when it is assigned.</summary>
static class StartPosition
{
    /// <summary>The committed offset; without one, what the input says, or else the group's setting.</summary>
    public static long Of(KafkaCluster cluster, string group, IInputOptions input, string topic, int partition, StartOffset fallback)
    {
        var id = new TopicPartition(topic, partition);
        cluster.Group(group).Offsets.Fetch(id, out var committed);
        if (committed is { } offset)
            return offset;
        if (cluster.Log(id) is not { } log)
            return 0;
        if (input.Options.Start is not { } start)
            return fallback == StartOffset.Earliest ? log.LogStart : log.LastStableOffset;
        if (start.Time is { } time)
            return log.OffsetAt(time.ToUnixTimeMilliseconds()) ?? log.LastStableOffset;
        return start.IsLatest ? log.LastStableOffset : log.LogStart;
    }
}
