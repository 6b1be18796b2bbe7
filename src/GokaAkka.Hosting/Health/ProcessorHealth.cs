using GokaAkka.Actors;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GokaAkka.Hosting.Health;

/// <summary>How a processor is.</summary>
static class ProcessorHealth
{
    /// <summary>Alive: it has not failed, and its polling thread polls. A drain may keep that thread from it for as long as it may take.</summary>
    public static PartHealth Live(Processor processor, ProcessorSettings settings)
    {
        if (processor.State == ProcessorState.Failed)
            return Failed(processor);
        var patience = settings.DrainTimeout + settings.Watch.PollStalledAfter;
        return processor.PollAge switch
        {
            null => new PartHealth(HealthStatus.Healthy, $"{processor.State}, not in its group"),
            { } age when age > patience => new PartHealth(
                HealthStatus.Unhealthy, $"{processor.State}, but its polling thread has not polled for {age.TotalSeconds:0.#} s: expected at most {patience.TotalSeconds:0.#} s"),
            { } age => new PartHealth(HealthStatus.Healthy, $"{processor.State}, polled {age.TotalSeconds:0.###} s ago"),
        };
    }

    /// <summary>Ready: every partition of this node is restored and processes records.</summary>
    public static PartHealth Ready(Processor processor)
    {
        var troubles = string.Concat(processor.Troubles.Select(static t => $"; {t}"));
        var partitions = processor.Partitions.Where(static p => p.State != PartitionState.Stopped).ToList();
        return processor.State switch
        {
            ProcessorState.Failed => Failed(processor),
            ProcessorState.Running => new PartHealth(
                troubles.Length > 0 ? HealthStatus.Degraded : HealthStatus.Healthy, $"Running, {partitions.Count} partitions{troubles}"),
            var state => new PartHealth(HealthStatus.Unhealthy, $"{state}{Describe(partitions)}{troubles}"),
        };
    }

    /// <summary>Partitions that do not process records, each with what it is at.</summary>
    public static string Describe(IEnumerable<PartitionStatus> partitions) => string.Concat(partitions
        .Where(static p => p.State is not (PartitionState.Running or PartitionState.Stopped))
        .Select(static p => $"; partition {p.Partition} is {p.State}, {p.Remaining} records to go{(p.LastError is { } e ? $" ({e.Message})" : "")}"));

    static PartHealth Failed(Processor processor) => new(HealthStatus.Unhealthy, $"Failed: {processor.Done.Exception?.GetBaseException().Message}");
}
