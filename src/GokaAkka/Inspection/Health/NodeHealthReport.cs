namespace GokaAkka.Inspection;

/// <summary>How a node is: as well as the worst of its parts.</summary>
/// <param name="Parts">Its parts.</param>
public sealed record NodeHealthReport(IReadOnlyList<PartHealth> Parts)
{
    /// <summary>How the node is; healthy where nothing runs.</summary>
    public HealthLevel Level => Parts.Count == 0 ? HealthLevel.Healthy : Parts.Min(static p => p.Level);

    /// <summary>What is wrong, one sentence after the other; null when nothing is.</summary>
    public string? Reason => string.Join(". ", Parts.Where(static p => p.Level != HealthLevel.Healthy).Select(static p => $"{p.Part}: {p.Reason}")) is { Length: > 0 } reason
        ? reason
        : null;
}
