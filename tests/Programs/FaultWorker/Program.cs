using Akka.Actor;
using GokaAkka;
using GokaAkka.Actors;
using GokaAkka.FaultWorker;

var settings = new WorkerSettings(args);
using var stop = settings.LeavesSignalsToAkka ? null : new StopSignals();
var system = ActorSystem.Create("faults", stop is null ? settings.Config() : StopSignals.Settings.WithFallback(settings.Config()));
var graph = new CountingGraph(settings);
var processor = Goka.Get(system).Process(graph.Define(), new ProcessorOptions
{
    Rebalanced = r =>
    {
        if (r.Kind == RebalanceKind.Assigned)
            graph.Assigned();
        Lines.Say($"{r.Kind.ToString().ToLowerInvariant()} {string.Join(',', r.Partitions)}");
    },
});
processor.StateChanged += s => Lines.Say($"state {s.ToString().ToLowerInvariant()}");
using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop?.Token ?? CancellationToken.None);
// Should the test that started it vanish: no worker runs for ever.
ending.CancelAfter(settings.Longest);
await processor.Done.WaitAsync(ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
Lines.Say("stopping");
await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance);
try
{
    await processor.Done;
    Lines.Say($"stopped processed={processor.Partitions.Sum(p => p.Processed)} restarts={processor.Partitions.Sum(p => p.Restarts)}");
    return 0;
}
catch (Exception e)
{
    Lines.Say($"failed {e.GetType().Name}: {e.Message}");
    return 1;
}
