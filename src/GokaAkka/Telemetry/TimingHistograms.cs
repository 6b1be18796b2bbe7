using System.Diagnostics.Metrics;

namespace GokaAkka.Telemetry;

/// <summary>The histograms of a node: how long batches take.</summary>
sealed class TimingHistograms(Meter meter)
{
    // From a tenth of a millisecond, which a batch of quick callbacks takes, to where a group would take the partition away.
    static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    };

    /// <summary>From the start of a batch's first callback to the end of its last one.</summary>
    public Histogram<double> Process { get; } = meter.CreateHistogram(
        "messaging.process.duration", "s", "How long the callbacks of a batch took, from the first one's start to the last one's end.", advice: Buckets);

    /// <summary>From there until all that the batch has caused is acknowledged.</summary>
    public Histogram<double> Acknowledge { get; } = meter.CreateHistogram(
        "goka.acknowledgement.duration", "s",
        "How long after its last callback all that a batch has caused was acknowledged, commits that were deferred included.", advice: Buckets);
}
