using GokaAkka.Integration.Tests.Broker;
using GokaAkka.Outages.Brokers;

namespace GokaAkka.Outages;

/// <summary>Something that happens to brokers or workers under load.</summary>
/// <param name="Name">Its name; what is chosen by.</param>
/// <param name="Size">How long it lasts in seconds, or how often it happens, at its full size.</param>
/// <param name="Happens">Does it: given the trial and the size.</param>
sealed record Scenario(string Name, int Size, Func<Trial, int, Task> Happens)
{
    /// <summary>A shorter outage would not outlast a session.</summary>
    public const int LeastSeconds = 10;

    /// <summary>Whether the size is a number of times.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>Whether it is about transactions alone.</summary>
    public bool NeedsTransactions { get; init; }

    /// <summary>Settings of the workers.</summary>
    public string Config { get; init; } = "";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("rolling restart of brokers", 3, RollingRestart) { IsRepeated = true },
        new("kill -9 of a leader", 20, (t, s) => Down(t, s, () => Task.FromResult<int[]>([Clients.LeaderOf(t.Cluster.Bootstrap, t.Cluster.Topic, 0)]))),
        new("kill -9 of the group coordinator", 20, (t, s) => Down(t, s, async () => [await Roles.GroupCoordinator(t.Cluster)])),
        new("kill -9 of the transaction coordinator", 20, (t, s) => Down(t, s, () => Task.FromResult<int[]>([Roles.TransactionCoordinator(t.Cluster)])))
        {
            NeedsTransactions = true,
        },
        new("two brokers down", 40, (t, s) => Down(t, s, static () => Task.FromResult<int[]>([1, 2]))),
        new("all brokers down", 60, (t, s) => Down(t, s, static () => Task.FromResult<int[]>([1, 2, 3]))),
        new("broker paused", 30, PausedBroker),
        new("worker paused", 20, PausedWorker),
        new("leader election and reassignment", 2, Reassignment) { IsRepeated = true },
        new("start without brokers", 30, StartWithout),
        new("worker rolls eager", 10, Rolls) { IsRepeated = true, Config = "goka.processor.rebalance = eager" },
        new("worker rolls cooperative", 10, Rolls) { IsRepeated = true, Config = "goka.processor.rebalance = cooperative" },
    ];

    /// <summary>Its size where nothing is to last longer than so many seconds.</summary>
    public int SizeWithin(int? seconds) => seconds is not { } most ? Size : IsRepeated ? Math.Clamp(most / LeastSeconds, 1, Size) : Math.Min(Size, most);

    public string Title(int size) => IsRepeated ? $"{Name}, {size} times" : $"{Name} {size} s";

    static async Task RollingRestart(Trial trial, int brokers)
    {
        await trial.Begin();
        for (var id = 1; id <= brokers; id++)
        {
            await trial.Brokers[id].Stop();
            await trial.GoOn();
            await trial.Brokers[id].Start();
            await trial.Brokers.IsWhole();
            await trial.GoOn();
        }
    }

    static async Task Down(Trial trial, int seconds, Func<Task<int[]>> whose)
    {
        await trial.Begin();
        var brokers = (await whose()).Select(id => trial.Brokers[id]).ToList();
        await Task.WhenAll(brokers.Select(b => b.Kill()));
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        await Task.WhenAll(brokers.Select(b => b.Start()));
        await trial.Brokers.IsWhole();
    }

    static async Task PausedBroker(Trial trial, int seconds)
    {
        await trial.Begin();
        var broker = trial.Brokers[await Roles.GroupCoordinator(trial.Cluster)];
        broker.Signal(ChildProcess.Stop);
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        broker.Signal(ChildProcess.Continue);
    }

    static async Task PausedWorker(Trial trial, int seconds)
    {
        await trial.Begin();
        trial.Workers[0].Signal(ChildProcess.Stop);
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        trial.Workers[0].Signal(ChildProcess.Continue);
    }

    static async Task Reassignment(Trial trial, int times)
    {
        string[] topics = [trial.Cluster.Topic, trial.Cluster.Out, trial.Cluster.Table];
        await trial.Begin();
        for (var time = 0; time < times; time++)
        {
            // Away from its leader, and back with another one that is preferred.
            await KafkaTool.Reassign(trial.Brokers, topics, static p => [.. p.Replicas.Where(r => r != p.Leader)]);
            await trial.GoOn();
            await KafkaTool.Reassign(trial.Brokers, topics, static p => [.. Enumerable.Range(1, 3).Except([p.Leader]), p.Leader]);
            await KafkaTool.ElectPreferred(trial.Brokers);
            await trial.GoOn();
        }
    }

    static async Task StartWithout(Trial trial, int seconds)
    {
        await Task.WhenAll(Enumerable.Range(1, 3).Select(id => trial.Brokers[id].Stop()));
        trial.StartWorkers();
        trial.StartLoad();
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        await Task.WhenAll(Enumerable.Range(1, 3).Select(id => trial.Brokers[id].Start()));
        await trial.Brokers.IsWhole();
    }

    static async Task Rolls(Trial trial, int times)
    {
        await trial.Begin();
        for (var time = 0; time < times; time++)
        {
            await trial.Stop(time % 2);
            trial.Start(time % 2);
            await trial.Workers[time % 2].Printed("> state running");
            await trial.GoOn();
        }
    }
}
