using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace GokaAkka.Samples.Progress;

/// <summary>A table that changes in place.</summary>
sealed class LiveScreen(IAnsiConsole console)
{
    const int ErrorsShown = 2;

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
        // Below the table, where they have the room to be read; partitions that fail mostly do so for the same reason.
        foreach (var row in snapshot.Partitions.Where(r => r.Error is not null).Take(ErrorsShown))
            parts.Add(new Markup($"[red]partition {row.Partition} failed:[/] {Markup.Escape(row.Error!)}"));
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
        foreach (var row in rows)
        {
            var colour = row.State == "running" ? "green" : "yellow";
            table.AddRow($"{row.Partition}", $"[{colour}]{row.State}[/]", $"{row.Processed:#,0}", $"{row.Rate:#,0}", $"{row.Restored:#,0}");
        }

        table.Columns[2].Footer($"{rows.Sum(r => r.Processed):#,0}");
        table.Columns[3].Footer($"{rows.Sum(r => r.Rate):#,0}");
        return table;
    }
}
