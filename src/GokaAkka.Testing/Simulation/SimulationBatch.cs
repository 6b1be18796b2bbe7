using System.Diagnostics;

namespace GokaAkka.Testing.Simulation;

/// <summary>Many seeds, one after the other on each of several threads: each run is by itself, so they do not touch each other.</summary>
static class SimulationBatch
{
    /// <summary>Runs seeds until all are run or one fails.</summary>
    /// <param name="from">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="options">What to run for a seed.</param>
    /// <param name="threads">How many at the same time.</param>
    /// <param name="progress">Told now and then how many are done; may be called on any thread.</param>
    public static SimulationSummary Run(
        ulong from, long count, Func<ulong, SimulationOptions> options, int threads, Action<long>? progress = null)
    {
        var summary = new SimulationSummary();
        var watch = Stopwatch.StartNew();
        long next = 0;
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(Work)).ToList();
        workers.ForEach(static w => w.Start());
        workers.ForEach(static w => w.Join());
        summary.Elapsed = watch.Elapsed;
        return summary;

        void Work()
        {
            while (true)
            {
                var index = Interlocked.Increment(ref next) - 1;
                // Seeds before a failing one are run all the same, so that the first that fails is always the same one.
                if (index >= count || summary.Failed?.Seed < from + (ulong)index)
                    return;
                summary.Add(SimulationRun.Run(options(from + (ulong)index)));
                progress?.Invoke(index + 1);
            }
        }
    }
}

/// <summary>What came of many runs. Safe for concurrent use.</summary>
sealed class SimulationSummary
{
    readonly Lock _gate = new();

    public long Seeds { get; private set; }

    public FaultCounts Faults { get; } = new();

    public long Events { get; private set; }

    public long Records { get; private set; }

    public long Repeated { get; private set; }

    public long Excused { get; private set; }

    /// <summary>The fewest times that processes died in a run.</summary>
    public long FewestCrashes { get; private set; } = long.MaxValue;

    /// <summary>The fewest times that the group gave its partitions out in a run.</summary>
    public long FewestRebalances { get; private set; } = long.MaxValue;

    /// <summary>Tells whether all runs were the same as those of another batch of these seeds, in whatever order they were run.</summary>
    public ulong TraceHash { get; private set; }

    /// <summary>Virtual time, of all runs together.</summary>
    public TimeSpan Time { get; private set; }

    /// <summary>Real time.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>The run with the lowest seed that found something wrong, or null.</summary>
    public SimulationResult? Failed { get; private set; }

    public void Add(SimulationResult result)
    {
        lock (_gate)
        {
            Seeds++;
            Faults.Add(result.Faults);
            Events += result.Events;
            // Mixed with the seed, so that two runs that have changed places are not the same.
            TraceHash += result.TraceHash * (result.Seed | 1);
            Records += result.Records;
            Repeated += result.Repeated;
            Excused += result.Excused;
            FewestCrashes = Math.Min(FewestCrashes, result.Crashes);
            FewestRebalances = Math.Min(FewestRebalances, result.Rebalances);
            Time += result.Time;
            if (result.Violation is not null && (Failed is null || result.Seed < Failed.Seed))
                Failed = result;
        }
    }
}
