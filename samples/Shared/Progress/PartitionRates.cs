using System.Diagnostics;

namespace GokaAkka.Samples.Progress;

/// <summary>Makes rows of a processor's partitions, with rates over the last half second or so. For one thread.</summary>
sealed class PartitionRates
{
    static readonly TimeSpan Window = TimeSpan.FromMilliseconds(500);

    readonly Dictionary<int, Rate> _rates = [];

    public IReadOnlyList<PartitionRow> Rows(Processor? processor) =>
        [.. (processor?.Partitions ?? []).Where(p => p.State != PartitionState.Stopped).Select(Row)];

    PartitionRow Row(PartitionStatus partition)
    {
        var processed = partition.Processed;
        if (!_rates.TryGetValue(partition.Partition, out var rate))
            _rates.Add(partition.Partition, rate = new Rate(processed));
        return new PartitionRow(
            partition.Partition, partition.State.ToString().ToLowerInvariant(), processed, rate.Update(processed), partition.Restored,
            partition.LastError?.Message);
    }

    sealed class Rate(long processed)
    {
        long _processed = processed;
        long _at = Stopwatch.GetTimestamp();
        double _perSecond;

        public double Update(long processed)
        {
            var elapsed = Stopwatch.GetElapsedTime(_at);
            if (elapsed < Window)
                return _perSecond;
            _perSecond = (processed - _processed) / elapsed.TotalSeconds;
            _processed = processed;
            _at = Stopwatch.GetTimestamp();
            return _perSecond;
        }
    }
}
