using GokaAkka.Actors;

namespace GokaAkka.Inspection;

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
            null => Of(processor, HealthLevel.Healthy, $"{processor.State}, not in its group"),
            { } age when age > patience => Of(
                processor, HealthLevel.Unhealthy,
                $"{processor.State}, but its polling thread has not polled for {age.TotalSeconds:0.#} s: expected at most {patience.TotalSeconds:0.#} s"),
            { } age => Of(processor, HealthLevel.Healthy, $"{processor.State}, polled {age.TotalSeconds:0.###} s ago"),
        };
    }

    /// <summary>Ready: every partition of this node is restored and processes records.</summary>
    public static PartHealth Ready(Processor processor)
    {
        var troubles = string.Concat(processor.Troubles.Select(static t => $"; {t}"));
        var partitions = processor.Partitions.Where(static p => p.State != PartitionState.Stopped).ToList();
        var active = partitions.Count(static p => p.Role == PartitionRole.Active);
        return processor.State switch
        {
            ProcessorState.Failed => Failed(processor),
            ProcessorState.Running => Of(
                processor, troubles.Length > 0 ? HealthLevel.Degraded : HealthLevel.Healthy, $"Running, {active} partitions{troubles}"),
            var state => Of(processor, HealthLevel.Unhealthy, $"{state}{Describe(partitions)}{troubles}"),
        };
    }

    /// <summary>Partitions that do not process records, each with what it is at.</summary>
    public static string Describe(IEnumerable<PartitionStatus> partitions) => string.Concat(partitions
        .Where(static p => p.State is not (PartitionState.Running or PartitionState.Stopped or PartitionState.Following))
        .Select(static p => $"; partition {p.Partition} is {p.State}, {p.Remaining} records to go{(p.LastError is { } e ? $" ({e.Message})" : "")}"));

    static PartHealth Failed(Processor processor) =>
        Of(processor, HealthLevel.Unhealthy, $"Failed: {processor.Done.Exception?.GetBaseException().Message}");

    static PartHealth Of(Processor processor, HealthLevel level, string reason) => new($"processor {processor.Graph.Group}", level, reason);
}
