using Spectre.Console;

namespace GokaAkka.Samples.Progress;

/// <summary>Shows how work goes on: a table that changes in place on a terminal, a line a second elsewhere.</summary>
static class Screen
{
    /// <summary>Shows snapshots until the work has ended; ends as the work does.</summary>
    /// <param name="work">The work.</param>
    /// <param name="take">Takes a snapshot; called by one thread at a time.</param>
    /// <param name="plain">Lines also on a terminal, where something else writes to it too.</param>
    public static async Task<T> During<T>(Task<T> work, Func<Snapshot> take, bool plain)
    {
        if (plain || Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi)
            await new PlainScreen(Console.Out).Run(work, take);
        else
            await new LiveScreen(AnsiConsole.Console).Run(work, take);
        return await work;
    }
}
