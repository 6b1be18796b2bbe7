using GokaAkka.Web.Monitoring;

namespace GokaAkka.Web.Diagnosis;

/// <summary>How everything is, in a sentence.</summary>
static class Headlines
{
    public static string Of(Picture picture)
    {
        var problems = picture.Problems;
        var broken = problems.Count(static p => p.Severity == Verdict.Broken);
        var attention = problems.Count(static p => p.Severity == Verdict.Attention);
        if (broken > 0)
            return broken == 1 ? problems[0].Title : $"{problems[0].Title}, and {More(broken - 1, "is broken", "are broken")}";
        if (attention > 0)
            return attention == 1 ? problems[0].Title : $"{problems[0].Title}, and {More(attention - 1, "needs attention", "need attention")}";
        if (picture.Groups.Count == 0)
            return picture.Snapshot.Nodes.Any(static n => n.Views.Count > 0) ? "All views are well" : "Nothing runs here yet";
        return picture.Groups.Any(static g => g.State is "Starting" or "Setup") ? "Starting" : "All is well";
    }

    static string More(int count, string one, string several) => count == 1 ? $"1 more {one}" : $"{count} more {several}";
}
