namespace GokaAkka.Telemetry.Prometheus;

/// <summary>One series of a metric: a value, or the buckets of a histogram. Its family locks.</summary>
/// <param name="labels">Its labels as they are written, without braces; empty for none.</param>
/// <param name="bounds">The upper bounds of a histogram's buckets; empty for a single value.</param>
sealed class Series(string labels, double[] bounds)
{
    readonly long[] _buckets = bounds.Length > 0 ? new long[bounds.Length + 1] : [];

    public string Labels { get; } = labels;

    /// <summary>The value, or the sum of what a histogram was told.</summary>
    public double Value { get; set; }

    /// <summary>How often a histogram was told something.</summary>
    public long Count { get; private set; }

    /// <summary>The histogram is told a value.</summary>
    public void Observe(double value)
    {
        var bucket = Array.BinarySearch(bounds, value);
        // A bound belongs to the bucket it closes.
        _buckets[bucket >= 0 ? bucket : ~bucket]++;
        Value += value;
        Count++;
    }

    /// <summary>Each bound with the number of values up to it; the last is infinite.</summary>
    public IEnumerable<(double UpTo, long Count)> Cumulative()
    {
        var sum = 0L;
        for (var i = 0; i < _buckets.Length; i++)
        {
            sum += _buckets[i];
            yield return (i < bounds.Length ? bounds[i] : double.PositiveInfinity, sum);
        }
    }
}
