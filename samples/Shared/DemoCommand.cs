using System.CommandLine;

namespace GokaAkka.Samples;

/// <summary>A sample that shows one thing on a broker and then ends by itself: it takes the arguments that every sample takes, and no more.</summary>
static class DemoCommand
{
    /// <param name="name">The sample's name.</param>
    /// <param name="description">What it shows.</param>
    /// <param name="args">The program's arguments.</param>
    /// <param name="demo">Shows it; throws when it did not come out as it should.</param>
    public static Task<int> Run(string name, string description, string[] args, Func<NodeSettings, CancellationToken, Task> demo)
    {
        var common = new CommonOptions(name, name);
        var command = new RootCommand(description);
        common.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            await demo(common.Read(parsed), stop);
            return 0;
        });
        return SampleProgram.Run(name, args, command, common);
    }

    /// <summary>Waits until something holds that is about to.</summary>
    /// <exception cref="SampleException">It does not hold in time.</exception>
    public static async Task Until(string what, Func<bool> holds, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var began = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(30))
                throw new SampleException($"After 30 s it is still not so that {what}.");
            await timer.WaitForNextTickAsync(stop);
        }
    }
}
