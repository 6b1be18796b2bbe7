using GokaAkka.Web.Diagnosis;

namespace GokaAkka.Web.Monitoring;

/// <summary>A snapshot and what was made of it. Never changed once it is made.</summary>
sealed class Picture
{
    public Picture(Snapshot snapshot, IReadOnlyList<GroupSummary> groups, IReadOnlyList<Problem> problems, string self)
    {
        Snapshot = snapshot;
        Problems = problems;
        Self = self;
        Health = Verdict.Of(problems);
        var worst = problems.Where(static p => p.Group is not null)
            .GroupBy(static p => p.Group!, StringComparer.Ordinal)
            .ToDictionary(static p => p.Key, static p => Verdict.Of(p), StringComparer.Ordinal);
        Groups = [.. groups.Select(g => g with { Health = worst.GetValueOrDefault(g.Name, Verdict.Good) })];
    }

    public static Picture Empty { get; } = new(Snapshot.Empty, [], [], "");

    public Snapshot Snapshot { get; }

    /// <summary>Every group, by name.</summary>
    public IReadOnlyList<GroupSummary> Groups { get; }

    /// <summary>What is wrong, the worst first.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    public string Self { get; }

    public string Health { get; }
}
