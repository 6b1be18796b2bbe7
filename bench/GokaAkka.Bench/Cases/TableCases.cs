using GokaAkka.Actors;
using GokaAkka.Codecs;
using GokaAkka.Graph;
using GokaAkka.Records;

namespace GokaAkka.Bench.Cases;

/// <summary>Tables: restoring and building them from the scenario's records, and reading them.</summary>
static class TableCases
{
    const int Reads = 2_000_000;
    const int TimedQueries = 200_000;

    /// <summary>
    /// From the start of the first table's restore to the last one's end. The scenario's records are the group's changelog. Warm: the store
    /// has all of it already, and what is measured is opening it, checking it and finding that nothing is missing.
    /// </summary>
    public static async Task<Measured> Restore(CaseRun run, bool warm)
    {
        var group = Dataset.Group(run.Scenario);
        var input = await run.Topic(run.Own("in")).ConfigureAwait(false);
        var graph = GroupGraph.Define<byte[]>(group, g => g.Input(input, Codec.Bytes, static (_, _) => { }).Persist(Codec.Bytes));
        if (warm)
        {
            await run.Goka.Process(graph).Ready.ConfigureAwait(false);
            await run.Restart().ConfigureAwait(false);
        }

        // The group's join is no part of the restore.
        Meter? meter = null;
        var options = new ProcessorOptions { Rebalanced = r => meter ??= r.Kind == RebalanceKind.Assigned ? Meter.Start() : null };
        var processor = run.Goka.Process(graph, options);
        await processor.Ready.ConfigureAwait(false);
        return meter!.Stop(run.Scenario.Records);
    }

    public static async Task<Measured> ViewBuild(CaseRun run)
    {
        _ = run.Goka;
        var meter = Meter.Start();
        var view = run.Goka.View(run.Input, Codec.Bytes);
        await view.Ready.ConfigureAwait(false);
        return meter.Stop(run.Scenario.Records);
    }

    /// <summary>Reads keys at random from one thread.</summary>
    public static async Task<Measured> ViewReads(CaseRun run)
    {
        var view = run.Goka.View(run.Input, Codec.Bytes);
        await view.Ready.ConfigureAwait(false);
        var keys = AllKeys(run.Scenario);
        var found = ReadAll(view, keys, keys.Length);
        var meter = Meter.Start();
        found += ReadAll(view, keys, Reads);
        return found > 0 ? meter.Stop(Reads) : throw new InvalidOperationException("No key was found.");
    }

    /// <summary>Asks the processor on this node for counts, one after the other, each timed.</summary>
    public static async Task<Measured> Queries(CaseRun run)
    {
        var processor = run.Goka.Process(ProcessorCases.CountGraph(run, new FirstRecord()));
        await CaseRun.Processed(processor, run.Scenario.Records).ConfigureAwait(false);
        var keys = AllKeys(run.Scenario);
        foreach (var key in keys)
            _ = await processor.Get(key).ConfigureAwait(false);
        var times = new long[TimedQueries];
        var meter = Meter.Start();
        for (var i = 0; i < times.Length; i++)
        {
            var key = keys[(int)(i * 7919L % keys.Length)];
            var began = TimeProvider.System.GetTimestamp();
            _ = await processor.Get(key).ConfigureAwait(false);
            times[i] = TimeProvider.System.GetTimestamp() - began;
        }

        Array.Sort(times);
        return meter.Stop(times.Length, new Latency(Micros(times[times.Length / 2]), Micros(times[times.Length * 99L / 100]), Micros(times[^1])));
    }

    static long ReadAll(View<byte[]> view, Key[] keys, int reads)
    {
        var found = 0L;
        for (var i = 0; i < reads; i++)
        {
            if (view.Get(keys[(int)(i * 7919L % keys.Length)]) is not null)
                found++;
        }

        return found;
    }

    static Key[] AllKeys(Scenario scenario) => [.. Enumerable.Range(0, scenario.Keys).Select(i => new Key(Dataset.Key(i)))];

    static double Micros(long ticks) => ticks * 1e6 / TimeProvider.System.TimestampFrequency;
}
