using System.Text.RegularExpressions;

namespace GokaAkka.Outages.Soak;

/// <summary>One figure of one worker over time.</summary>
/// <param name="Name">What is measured, with its unit.</param>
/// <param name="Points">Hours since the worker's first sample, and the figure.</param>
/// <param name="Most">What it may come to, in place of not rising; infinity where it is the sum of others.</param>
sealed record Series(string Name, IReadOnlyList<(double Hours, double Value)> Points, double? Most)
{
    /// <summary>The part of a run that is not judged: what is learnt and kept at first is no leak, for it ends.</summary>
    public const double WarmUp = 1 / 3.0;

    // Free memory that the allocators keep is as much as was in use at once, of each arena: it rises in steps that get rarer, and its slope is not zero in any run of
    // minutes. But what may be in use at once has bounds in bytes of records (docs/performance.md, Memory): fetched 24 MiB, restored 64 MiB, sent 64 MiB. On a machine
    // that keeps up, this load comes nowhere near them, with all that the client takes for each record.
    const double MostKept = 24 + 64 + 64;

    static readonly (string Name, double? Most)[] Figures =
    [
        ("heap MiB", null), ("native MiB", null), ("resident MiB in use", null), ("resident MiB kept free", MostKept), ("resident MiB", double.PositiveInfinity),
        ("threads", null), ("file handles", null), ("queued records", null), ("queued KiB", null),
    ];

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

    /// <summary>Whether it rises, beyond what chance does and by more than a twentieth in the run, or comes to more than it may.</summary>
    public bool FallsShort()
    {
        if (Most is { } most)
            return Points.Max(p => p.Value) > most;
        var (slope, t) = Slope();
        return t > LeastT && slope * (Points[^1].Hours - Points[0].Hours) > LeastRise * Points.Average(p => p.Value);
    }

    public override string ToString()
    {
        var (slope, t) = Slope();
        var verdict = FallsShort() ? Most is { } most ? $": OVER {most}" : ": RISES" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Name} {slope:+0.##;-0.##;0} per hour (t = {t:0.0}), at the end {Points[^1].Value:0.#}{verdict}");
    }

    /// <summary>The series in a worker's output.</summary>
    public static List<Series> Of(string output)
    {
        var rows = Regex.Matches(output, @"^> sample (.+)$", RegexOptions.Multiline)
            .Select(m => m.Groups[1].Value.Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray()).ToList();
        return [.. Figures.Select((f, i) => new Series(f.Name, rows.ConvertAll(r => ((r[0] - rows[0][0]) / 3_600_000, r[i + 1])), f.Most))];
    }
}
