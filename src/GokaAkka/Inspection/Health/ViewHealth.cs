using GokaAkka.Actors;

namespace GokaAkka.Inspection;

/// <summary>How a view is.</summary>
static class ViewHealth
{
    /// <summary>Alive: it has not failed.</summary>
    public static PartHealth Live(string table, ViewStatus view) =>
        view.State == ViewState.Failed ? Failed(table, view) : Of(table, HealthLevel.Healthy, view.State.ToString());

    /// <summary>Ready: it has the whole table. While it catches up again or the brokers are away it serves what it knows.</summary>
    public static PartHealth Ready(string table, ViewStatus view) => view.State switch
    {
        ViewState.Failed => Failed(table, view),
        ViewState.Running => Of(table, HealthLevel.Healthy, $"Running, {view.Partitions.Count} partitions"),
        (ViewState.CatchingUp or ViewState.Reconnecting) and var state when view.Ready.IsCompletedSuccessfully => Of(
            table, HealthLevel.Degraded, $"{state}, serves its last known values{Describe(view)}"),
        var state => Of(table, HealthLevel.Unhealthy, $"{state}{Describe(view)}"),
    };

    static string Describe(ViewStatus view) =>
        ProcessorHealth.Describe(view.Partitions.Values.OrderBy(static p => p.Partition)) + string.Concat(view.Troubles.Current.Select(static t => $"; {t}"));

    static PartHealth Failed(string table, ViewStatus view) => Of(table, HealthLevel.Unhealthy, $"Failed: {view.Done.Exception?.GetBaseException().Message}");

    static PartHealth Of(string table, HealthLevel level, string reason) => new($"view {table}", level, reason);
}
