using GokaAkka.Actors;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GokaAkka.Hosting.Health;

/// <summary>How a view is.</summary>
static class ViewHealth
{
    /// <summary>Alive: it has not failed.</summary>
    public static PartHealth Live(ViewState state, Task done) =>
        state == ViewState.Failed ? Failed(done) : new PartHealth(HealthStatus.Healthy, state.ToString());

    /// <summary>Ready: it has the whole table. While it catches up again or the brokers are away it serves what it knows.</summary>
    public static PartHealth Ready(ViewState state, Task done, bool wasComplete, IReadOnlyList<PartitionStatus> partitions) => state switch
    {
        ViewState.Failed => Failed(done),
        ViewState.Running => new PartHealth(HealthStatus.Healthy, $"Running, {partitions.Count} partitions"),
        ViewState.CatchingUp or ViewState.Reconnecting when wasComplete => new PartHealth(
            HealthStatus.Degraded, $"{state}, serves its last known values{ProcessorHealth.Describe(partitions)}"),
        _ => new PartHealth(HealthStatus.Unhealthy, $"{state}{ProcessorHealth.Describe(partitions)}"),
    };

    static PartHealth Failed(Task done) => new(HealthStatus.Unhealthy, $"Failed: {done.Exception?.GetBaseException().Message}");
}
