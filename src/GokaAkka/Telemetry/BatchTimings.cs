using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace GokaAkka.Telemetry;

/// <summary>Records the times of a group's batches while somebody listens. Safe for concurrent use: its partitions share it.</summary>
sealed class BatchTimings(
    TimingHistograms histograms, string group, IEnumerable<string> topics, TimeProvider time) : IBatchTimings
{
    readonly Dictionary<string, (TagList Process, TagList Acknowledge)> _tags = topics.ToDictionary(static t => t, topic =>
    {
        TagList tags = [Tags.Of(Tags.Group, group), Tags.Of(Tags.Topic, topic)];
        TagList process = [.. tags, Tags.Of(Tags.Operation, "process"), Tags.Of(Tags.System, Tags.Kafka)];
        return (process, tags);
    });

    public long Begin() => histograms.Process.Enabled || histograms.Acknowledge.Enabled ? time.GetTimestamp() : 0;

    public long Processed(string topic, long began)
    {
        var now = time.GetTimestamp();
        Record(histograms.Process, began, now, _tags[topic].Process);
        return now;
    }

    public void Acknowledged(string topic, long processed) =>
        Record(histograms.Acknowledge, processed, time.GetTimestamp(), _tags[topic].Acknowledge);

    void Record(Histogram<double> histogram, long from, long to, in TagList tags) => histogram.Record(time.GetElapsedTime(from, to).TotalSeconds, tags);
}
