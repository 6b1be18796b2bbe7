using System.Diagnostics;
using System.Diagnostics.Metrics;
using GokaAkka.Processing;

namespace GokaAkka.Telemetry;

/// <summary>Records the times of a group's batches while somebody listens. Safe for concurrent use: its partitions share it.</summary>
sealed class BatchTimings : IBatchTimings
{
    readonly TimingHistograms _histograms;
    readonly TimeProvider _time;
    readonly Dictionary<string, (TagList Process, TagList Acknowledge)> _tags;

    public BatchTimings(TimingHistograms histograms, string group, IEnumerable<string> topics, TimeProvider time)
    {
        _histograms = histograms;
        _time = time;
        _tags = topics.ToDictionary(static t => t, topic =>
        {
            TagList tags = [Tags.Of(Tags.Group, group), Tags.Of(Tags.Topic, topic)];
            TagList process = [.. tags, Tags.Of(Tags.Operation, "process"), Tags.Of(Tags.System, Tags.Kafka)];
            return (process, tags);
        });
    }

    public long Begin() => _histograms.Process.Enabled || _histograms.Acknowledge.Enabled ? _time.GetTimestamp() : 0;

    public long Processed(string topic, long began)
    {
        var now = _time.GetTimestamp();
        Record(_histograms.Process, began, now, _tags[topic].Process);
        return now;
    }

    public void Acknowledged(string topic, long processed) =>
        Record(_histograms.Acknowledge, processed, _time.GetTimestamp(), _tags[topic].Acknowledge);

    void Record(Histogram<double> histogram, long from, long to, in TagList tags) => histogram.Record(_time.GetElapsedTime(from, to).TotalSeconds, tags);
}
