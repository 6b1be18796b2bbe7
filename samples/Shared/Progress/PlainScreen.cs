using System.Diagnostics;
using System.Text;

namespace GokaAkka.Samples.Progress;

/// <summary>A line a second, and one for every new failure of a partition.</summary>
sealed class PlainScreen(TextWriter output)
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    readonly Dictionary<int, string> _errors = [];

    public async Task Run(Task work, Func<Snapshot> take)
    {
        var started = Stopwatch.GetTimestamp();
        do
        {
            await Task.WhenAny(work, Task.Delay(Interval));
            Show(take(), Stopwatch.GetElapsedTime(started));
        }
        while (!work.IsCompleted);
    }

    void Show(Snapshot snapshot, TimeSpan elapsed)
    {
        var line = new StringBuilder($"{elapsed.TotalSeconds,5:0.0} s  {snapshot.State}");
        foreach (var (name, value) in snapshot.Figures)
            line.Append($", {name} {value}");
        if (snapshot.Partitions.Count > 0)
        {
            var states = snapshot.Partitions.GroupBy(p => p.State).Select(g => $"{g.Count()} {g.Key}");
            line.Append($"; {snapshot.Partitions.Sum(p => p.Rate):#,0}/s, partitions: {string.Join(", ", states)}");
        }

        output.WriteLine(line);
        foreach (var row in snapshot.Partitions)
        {
            if (row.Error is not { } error || _errors.GetValueOrDefault(row.Partition) == error)
                continue;
            _errors[row.Partition] = error;
            output.WriteLine($"         partition {row.Partition} failed: {error}");
        }

        output.Flush();
    }
}
