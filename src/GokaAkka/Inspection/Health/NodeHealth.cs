using GokaAkka.Actors;

namespace GokaAkka.Inspection;

/// <summary>
/// How this node is, for whoever starts nodes again and sends requests to them. Each question is answered from figures that are there: it asks
/// nobody and blocks on nothing. Safe for concurrent use.
/// </summary>
public sealed class NodeHealth
{
    readonly ProcessorSettings _settings;
    readonly Func<IEnumerable<Processor>> _processors;
    readonly RunningViews _views;
    readonly Func<IEnumerable<PartHealth>> _emitters;
    readonly Func<bool> _isStopping;

    internal NodeHealth(
        ProcessorSettings settings, Func<IEnumerable<Processor>> processors, RunningViews views, Func<IEnumerable<PartHealth>> emitters, Func<bool> isStopping)
    {
        _emitters = emitters;
        _settings = settings;
        _processors = processors;
        _views = views;
        _isStopping = isStopping;
    }

    /// <summary>
    /// Liveness: no processor or view has failed, and every polling thread polls. A node that is not alive is best started again. Processors and
    /// views that the application has stopped are not part of it.
    /// </summary>
    public NodeHealthReport Live() => new(
    [
        .. Processors().Select(p => ProcessorHealth.Live(p, _settings)),
        .. Views().Select(static v => ViewHealth.Live(v.Table, v.Status)),
    ]);

    /// <summary>
    /// Readiness: every processor and view is restored and running, and no emitter is without a producer. Degraded where they serve but have troubles. Not
    /// ready from the moment on in which the actor system begins to end.
    /// </summary>
    public NodeHealthReport Ready() => new(
    [
        .. _isStopping() ? [new PartHealth("node", HealthLevel.Unhealthy, "Stopping")] : Array.Empty<PartHealth>(),
        .. Processors().Select(ProcessorHealth.Ready),
        .. Views().Select(static v => ViewHealth.Ready(v.Table, v.Status)),
        .. _emitters().Where(static e => e.Level != HealthLevel.Healthy),
    ]);

    IEnumerable<Processor> Processors() => _processors().Where(static p => p.State != ProcessorState.Stopped).OrderBy(static p => p.Graph.Group, StringComparer.Ordinal);

    // What processors look up is a matter of theirs.
    IEnumerable<RunningView> Views() => _views.WithFailed.Where(static v => v.LookedUpBy is null && v.Status.State != ViewState.Stopped);
}
