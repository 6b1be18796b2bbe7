using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace GokaAkka.Bench.Runs;

/// <summary>Figures for people (Markdown) and for programs (JSON).</summary>
static class Report
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>One line as a scenario ends.</summary>
    public static string Line(Result result)
    {
        var rate = Spread.Of(result.Measured, m => m.RecordsPerSecond);
        var text = new StringBuilder($"{result.Scenario}: {rate.Median:N0}/s ({rate.Min:N0} to {rate.Max:N0})");
        if (Ratio(result) is { } ratio)
            text.Append(CultureInfo.InvariantCulture, $", {ratio.Median:F2} ({ratio.Min:F2} to {ratio.Max:F2}) of {result.Scenario.BaselineName}");
        text.Append(CultureInfo.InvariantCulture, $", {Spread.Of(result.Measured, m => m.CpuMicrosPerRecord).Median:F2} us CPU");
        if (result.Raw.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $" (beside {Spread.Of(result.Raw, m => m.CpuMicrosPerRecord).Median:F2})");
        text.Append(CultureInfo.InvariantCulture, $", {Spread.Of(result.Measured, m => m.AllocatedPerRecord).Median:F0} B allocated, peak {Spread.Of(result.Measured, m => m.PeakMemoryMb).Max:F0} MB");
        if (result.Measured[0].Latency is not null)
            text.Append(CultureInfo.InvariantCulture, $", median {Spread.Of(result.Measured, m => m.Latency!.Median).Median:F2} us, p99 {Spread.Of(result.Measured, m => m.Latency!.P99).Median:F2} us");
        return text.ToString();
    }

    public static string Markdown(IReadOnlyList<Result> results, int rounds)
    {
        var text = new StringBuilder("# Results\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{Machine()}. Medians of {rounds} rounds with minimum and maximum; what it is a ratio of and GokaAkka in turn, each run a process.\n\n");
        text.Append("| case | store | partitions | keys | value | cache MiB | records | records/s | ratio | CPU µs | CPU µs beside | allocated B | peak MB |\n");
        text.Append("|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var r in results)
        {
            var s = r.Scenario;
            var rate = Spread.Of(r.Measured, m => m.RecordsPerSecond);
            var ratio = Ratio(r) is { } x ? $"{x.Median:F2} ({x.Min:F2} to {x.Max:F2}) of {s.BaselineName}" : "";
            var latency = r.Measured[0].Latency is null ? "" : $", median {Spread.Of(r.Measured, m => m.Latency!.Median).Median:F2} µs each";
            var rawCpu = r.Raw.Count == 0 ? "" : Spread.Of(r.Raw, m => m.CpuMicrosPerRecord).Median.ToString("F2", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"| {s.Case} | {s.Store} | {s.Partitions} | {s.Keys:N0} | {s.ValueSize} | {s.Cache} | {s.Records:N0} ");
            text.Append(CultureInfo.InvariantCulture, $"| {rate.Median:N0} ({rate.Min:N0} to {rate.Max:N0}){latency} | {ratio} ");
            text.Append(CultureInfo.InvariantCulture, $"| {Spread.Of(r.Measured, m => m.CpuMicrosPerRecord).Median:F2} | {rawCpu} ");
            text.Append(CultureInfo.InvariantCulture, $"| {Spread.Of(r.Measured, m => m.AllocatedPerRecord).Median:F0} | {Spread.Of(r.Measured, m => m.PeakMemoryMb).Max:F0} |\n");
        }

        return text.ToString();
    }

    /// <summary>One object per case: medians, the greatest peak of memory, and beside them what they are of.</summary>
    public static string Json(IReadOnlyList<Result> results) => JsonSerializer.Serialize(
        results.Select(r => new
        {
            Name = r.Scenario.Case,
            Parameters = r.Scenario,
            RecordsPerSecond = Spread.Of(r.Measured, m => m.RecordsPerSecond).Median,
            RatioToRaw = Ratio(r)?.Median,
            CpuMicrosPerRecord = Spread.Of(r.Measured, m => m.CpuMicrosPerRecord).Median,
            CpuRatioToRaw = CpuRatio(r)?.Median,
            AllocatedBytesPerRecord = Spread.Of(r.Measured, m => m.AllocatedPerRecord).Median,
            PeakMemoryMb = Spread.Of(r.Measured, m => m.PeakMemoryMb).Max,
            Spreads = new
            {
                RecordsPerSecond = Spread.Of(r.Measured, m => m.RecordsPerSecond),
                RatioToRaw = Ratio(r),
                CpuMicrosPerRecord = Spread.Of(r.Measured, m => m.CpuMicrosPerRecord),
                CpuRatioToRaw = CpuRatio(r),
                PeakMemoryMb = Spread.Of(r.Measured, m => m.PeakMemoryMb),
            },
            Rounds = r.Measured,
            RawRounds = r.Raw,
            Machine = Machine(),
        }),
        Indented);

    static Spread? Ratio(Result r) => r.Raw.Count == 0 ? null : Spread.Of(r.Measured.Zip(r.Raw, (m, raw) => m.RecordsPerSecond / raw.RecordsPerSecond));

    static Spread? CpuRatio(Result r) => r.Raw.Count == 0 ? null : Spread.Of(r.Measured.Zip(r.Raw, (m, raw) => m.CpuMicrosPerRecord / raw.CpuMicrosPerRecord));

    static string Machine() => string.Create(
        CultureInfo.InvariantCulture,
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors, "
        + $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1073741824.0:F0} GB, {RuntimeInformation.FrameworkDescription}, "
        + $"librdkafka {Confluent.Kafka.Library.VersionString}");
}

/// <summary>A figure's median, least and greatest over the rounds.</summary>
sealed record Spread(double Median, double Min, double Max)
{
    public static Spread Of(IEnumerable<Measured> rounds, Func<Measured, double> figure) => Of(rounds.Select(figure));

    public static Spread Of(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        return new Spread((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, sorted[0], sorted[^1]);
    }
}
