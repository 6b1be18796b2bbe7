namespace GokaAkka.Integration.Tests.Faults;

/// <summary>
/// The processes of a group. Each has a place, with a folder for its stores that outlives it: whoever is started there next finds what the
/// last one left. All are killed when the test is over.
/// </summary>
sealed class Workers(FaultCluster cluster, string delivery) : IDisposable
{
    readonly TemporaryDirectory _files = new();
    readonly Dictionary<int, ChildProcess> _running = [];
    readonly List<ChildProcess> _all = [];

    /// <summary>Places with a process.</summary>
    public IReadOnlyCollection<int> Places => _running.Keys;

    public ChildProcess this[int place] => _running[place];

    /// <summary>Starts a process at a place that has none; it is named <c>PLACE.N</c>.</summary>
    public ChildProcess Start(int place, params string[] more) => StartWith(place, "", more);

    /// <summary>Starts a process with more settings, HOCON.</summary>
    public ChildProcess StartWith(int place, string config, params string[] more)
    {
        LastName = $"{place}.{_all.Count}";
        var worker = ChildProcess.Start(
            Builds.FaultWorker,
            [.. cluster.Arguments, "--delivery", delivery, "--data", _files[$"place-{place}"], "--name", LastName, "--config", $"{cluster.Config}\n{config}", .. more]);
        _all.Add(worker);
        _running.Add(place, worker);
        return worker;
    }

    /// <summary>The name of the process started last.</summary>
    public string LastName { get; private set; } = "";

    /// <summary>Ends a process as a machine that loses its power would.</summary>
    public async Task Kill(int place)
    {
        _running.Remove(place, out var worker);
        worker!.Signal(ChildProcess.Kill);
        await worker.ExitCode();
        NoneFailed(worker);
    }

    /// <summary>Ends processes in good order, all at once.</summary>
    public async Task Terminate(params int[] places)
    {
        var leaving = places.Select(p => _running[p]).ToList();
        foreach (var place in places)
            _running.Remove(place);
        // Before its first line it may not have come to taking signals yet, and would end by them.
        foreach (var worker in leaving)
            await worker.Printed("> state ");
        leaving.ForEach(w => w.Signal(ChildProcess.Terminate));
        foreach (var worker in leaving)
        {
            (await worker.ExitCode()).ShouldBe(0, worker.ToString());
            worker.Output.ShouldContain("> stopped ");
        }
    }

    /// <summary>No process has failed, whatever happened around it.</summary>
    public void NoneFailed() => _all.ForEach(NoneFailed);

    public override string ToString() => string.Join("\n\n", _all);

    public void Dispose()
    {
        _all.ForEach(w => w.Dispose());
        _files.Dispose();
    }

    static void NoneFailed(ChildProcess worker)
    {
        worker.Output.ShouldNotContain("> failed");
        worker.Errors.ShouldNotContain("Unhandled exception");
    }
}
