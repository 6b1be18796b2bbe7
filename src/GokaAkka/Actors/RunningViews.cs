namespace GokaAkka.Actors;

/// <summary>A view that runs on this node.</summary>
/// <param name="Table">The table.</param>
/// <param name="LookedUpBy">The group that looks it up, or null for a view that the application started.</param>
/// <param name="Status">What it tells of itself.</param>
sealed record RunningView(string Table, string? LookedUpBy, ViewStatus Status);

/// <summary>The views of a system that have not ended, for whoever looks inside. Safe for concurrent use.</summary>
sealed class RunningViews
{
    readonly ConcurrentDictionary<RunningView, bool> _views = [];
    readonly ConcurrentDictionary<string, RunningView> _failed = new(StringComparer.Ordinal);

    /// <summary>By table, those of the application first.</summary>
    public IReadOnlyList<RunningView> All =>
        [.. _views.Keys.OrderBy(static v => v.Table, StringComparer.Ordinal).ThenBy(static v => v.LookedUpBy, StringComparer.Ordinal)];

    /// <summary>Those, and the application's that have failed, until one of the same table is started.</summary>
    public IEnumerable<RunningView> WithFailed => All.Union(_failed.Values);

    public void Add(RunningView view)
    {
        _views[view] = true;
        if (view.LookedUpBy is null)
            _failed.TryRemove(view.Table, out _);
        view.Status.Done.ContinueWith(
            done =>
            {
                if (done.IsFaulted && view.LookedUpBy is null)
                    _failed[view.Table] = view;
                _views.TryRemove(view, out bool _);
            },
            TaskScheduler.Default);
    }
}
