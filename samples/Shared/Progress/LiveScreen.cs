using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace GokaAkka.Samples.Progress;

/// <summary>A table that changes in place.</summary>
sealed class LiveScreen(IAnsiConsole console)
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public Task Run(Task work, Func<Snapshot> take)
    {
        var started = Stopwatch.GetTimestamp();
        return console.Live(Draw(take(), TimeSpan.Zero)).Overflow(VerticalOverflow.Ellipsis).StartAsync(async live =>
        {
            do
            {
                await Task.WhenAny(work, Task.Delay(Interval));
                live.UpdateTarget(Draw(take(), Stopwatch.GetElapsedTime(started)));
                live.Refresh();
            }
            while (!work.IsCompleted);
        });
    }

    static Rows Draw(Snapshot snapshot, TimeSpan elapsed)
    {
        var parts = new List<IRenderable> { new Markup($"[bold]{Markup.Escape(snapshot.State)}[/]  [grey]{elapsed.TotalSeconds:0} s[/]") };
        if (snapshot.Partitions.Count > 0)
            parts.Add(Partitions(snapshot.Partitions));
        foreach (var (name, value) in snapshot.Figures)
            parts.Add(new Markup($"[grey]{Markup.Escape(name)}[/] {Markup.Escape(value)}"));
        return new Rows(parts);
    }

    static Table Partitions(IReadOnlyList<PartitionRow> rows)
    {
        var table = new Table().RoundedBorder().BorderColor(Color.Grey);
        table.AddColumn("partition", c => c.RightAligned());
        table.AddColumn("state");
        table.AddColumn("processed", c => c.RightAligned());
        table.AddColumn("per second", c => c.RightAligned());
        table.AddColumn("restored", c => c.RightAligned());
        if (rows.Any(r => r.Error is not null))
            table.AddColumn("last error");
        foreach (var row in rows)
        {
            var colour = row.State == "running" ? "green" : "yellow";
            List<string> cells = [$"{row.Partition}", $"[{colour}]{row.State}[/]", $"{row.Processed:#,0}", $"{row.Rate:#,0}", $"{row.Restored:#,0}"];
            if (table.Columns.Count > cells.Count)
                cells.Add(Markup.Escape(row.Error ?? ""));
            table.AddRow([.. cells]);
        }

        table.Columns[2].Footer($"{rows.Sum(r => r.Processed):#,0}");
        table.Columns[3].Footer($"{rows.Sum(r => r.Rate):#,0}");
        return table;
    }
}
