using System.ComponentModel;

namespace GokaAkka.Web.Diagnosis;

/// <summary>Something that is not as it should be, in plain words.</summary>
sealed record Problem
{
    [Description("The same while it lasts")]
    public required string Id { get; init; }

    [Description("broken: records are not processed or not served; attention: they will not be, or something was lost sight of; note: it passes, or was wanted")]
    public required string Severity { get; init; }

    [Description("What is wrong")]
    public required string Title { get; init; }

    [Description("What is known of it")]
    public string? Detail { get; init; }

    [Description("What to do")]
    public string? Hint { get; init; }

    public string? Group { get; init; }

    public int? Partition { get; init; }

    public string? Node { get; init; }

    [Description("Since when it is known")]
    public DateTimeOffset Since { get; init; }
}

/// <summary>The words for how things are.</summary>
static class Verdict
{
    public const string Good = "good";
    public const string Attention = "attention";
    public const string Broken = "broken";
    public const string Note = "note";

    public static string Of(IEnumerable<Problem> problems) =>
        problems.MinBy(static p => Rank(p.Severity)) is { Severity: (Broken or Attention) and var worst }
            ? worst : Good;

    /// <summary>A node's address without what all of them begin with: host and port, as a rule.</summary>
    public static string ShortNode(string address) => address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..];

    public static int Rank(string severity) => severity switch { Broken => 0, Attention => 1, _ => 2 };
}
