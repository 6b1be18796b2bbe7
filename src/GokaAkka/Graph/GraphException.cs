namespace GokaAkka.Graph;

/// <summary>A group graph that cannot work. The message lists every problem found, each with what to do.</summary>
public sealed class GraphException : Exception
{
    internal GraphException(string group, IReadOnlyList<string> problems)
        : base($"Group graph '{group}' has {problems.Count} problem{(problems.Count == 1 ? "" : "s")}:\n" + string.Join('\n', problems.Select(p => $"  - {p}")))
        => Problems = problems;

    /// <summary>The problems, one sentence each.</summary>
    public IReadOnlyList<string> Problems { get; }
}
