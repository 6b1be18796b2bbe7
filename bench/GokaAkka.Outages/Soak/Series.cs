using System.Text.RegularExpressions;

namespace GokaAkka.Outages.Soak;

/// <summary>One figure of one worker over time.</summary>
/// <param name="Name">What is measured, with its unit.</param>
/// <param name="Points">Hours since the worker's first sample, and the figure.</param>
sealed record Series(string Name, IReadOnlyList<(double Hours, double Value)> Points)
{
    /// <summary>The part of a run that is not judged: what is learnt and kept at first is no leak, for it ends.</summary>
    public const double WarmUp = 1 / 3.0;

    static readonly string[] Names = ["heap MiB", "resident MiB", "threads", "file handles", "queued records", "queued KiB"];

    const int Blocks = 12;
    const double LeastRise = 0.05;
    const double LeastT = 3;

    /// <summary>The rise per hour and how many of its standard errors that is, by the medians of stretches: neighbouring samples are much the same.</summary>
    public (double PerHour, double T) Slope()
    {
        var kept = Points.Skip((int)(Points.Count * WarmUp)).ToList();
        if (kept.Count < Blocks)
            return (0, 0);
        var medians = kept.Chunk((kept.Count + Blocks - 1) / Blocks).Select(b => (X: b.Average(p => p.Hours), Y: b.Select(p => p.Value).Order().ElementAt(b.Length / 2))).ToList();
        var (x, y) = (medians.Average(m => m.X), medians.Average(m => m.Y));
        var spread = medians.Sum(m => (m.X - x) * (m.X - x));
        var slope = medians.Sum(m => (m.X - x) * (m.Y - y)) / spread;
        var left = medians.Sum(m => Math.Pow(m.Y - y - (slope * (m.X - x)), 2));
        return (slope, slope / Math.Max(1e-9, Math.Sqrt(left / (medians.Count - 2) / spread)));
    }

    /// <summary>Whether it rises: beyond what chance does, and by more than a twentieth in the run.</summary>
    public bool Rises()
    {
        var (slope, t) = Slope();
        return t > LeastT && slope * (Points[^1].Hours - Points[0].Hours) > LeastRise * Points.Average(p => p.Value);
    }

    /// <summary>The series in a worker's output.</summary>
    public static List<Series> Of(string output)
    {
        var rows = Regex.Matches(output, @"^> sample (.+)$", RegexOptions.Multiline)
            .Select(m => m.Groups[1].Value.Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray()).ToList();
        return [.. Names.Select((name, i) => new Series(name, rows.ConvertAll(r => ((r[0] - rows[0][0]) / 3_600_000, r[i + 1]))))];
    }
}
