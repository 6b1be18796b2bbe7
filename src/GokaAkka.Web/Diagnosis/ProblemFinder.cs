using GokaAkka.Inspection;
using GokaAkka.Web.Monitoring;

namespace GokaAkka.Web.Diagnosis;

/// <summary>Finds what is wrong in a snapshot, and remembers since when. Used by one caller at a time.</summary>
sealed class ProblemFinder
{
    // A page of more helps nobody.
    const int MostProblems = 200;

    readonly Dictionary<string, DateTimeOffset> _since = new(StringComparer.Ordinal);

    /// <summary>The problems, the worst first, and of equal ones the oldest.</summary>
    public IReadOnlyList<Problem> Find(Snapshot snapshot, IReadOnlyList<GroupSummary> groups, Histories histories)
    {
        var found = new List<Problem>();
        foreach (var node in snapshot.Nodes)
        {
            NodeProblems.Add(node, found);
            foreach (var view in node.Views)
                ViewProblems.Add(node, view, found);
        }

        foreach (var summary in groups)
            GroupProblems.Add(snapshot.Groups[summary.Name], summary, snapshot, histories, found);
        return Remember(found, snapshot.At);
    }

    List<Problem> Remember(List<Problem> found, DateTimeOffset now)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var known = new List<Problem>(found.Count);
        foreach (var problem in found.Where(p => ids.Add(p.Id)))
        {
            if (!_since.TryGetValue(problem.Id, out var since))
                _since[problem.Id] = since = problem.Since == default ? now : problem.Since;
            known.Add(problem with { Since = since });
        }

        foreach (var over in _since.Keys.Where(id => !ids.Contains(id)).ToList())
            _since.Remove(over);
        return [.. known.OrderBy(static p => Verdict.Rank(p.Severity)).ThenBy(static p => p.Since).ThenBy(static p => p.Id, StringComparer.Ordinal).Take(MostProblems)];
    }
}

/// <summary>What may be wrong with a node.</summary>
static class NodeProblems
{
    public static void Add(NodeReport node, List<Problem> found)
    {
        if (node.Silent is { } why)
        {
            found.Add(new Problem
            {
                Id = $"silent:{node.Address}",
                Severity = Verdict.Broken,
                Title = $"Node {Verdict.ShortNode(node.Address)} does not answer",
                Detail = why,
                Hint = "Look whether its process and its network are up. What it runs is not shown meanwhile; Kafka gives its partitions to other nodes when its session ends.",
                Node = node.Address,
            });
        }

        foreach (var action in node.Actions.Where(static a => a.Status == "failed"))
        {
            found.Add(new Problem
            {
                Id = $"action:{node.Address}:{action.Name}",
                Severity = Verdict.Note,
                Title = $"The action {action.Name} has failed",
                Detail = action.Error,
                Node = node.Address,
                Since = action.Ended ?? default,
            });
        }
    }
}

/// <summary>What may be wrong with a view.</summary>
static class ViewProblems
{
    public static void Add(NodeReport node, ViewReport view, List<Problem> found)
    {
        if (view.State is "Running" or "Stopped")
            return;
        var whose = view.LookedUpBy is { } group ? $"{view.Table}, which {group} looks up," : view.Table;
        var remaining = view.Partitions.Sum(static p => p.Remaining);
        var problem = new Problem
        {
            Id = $"view:{node.Address}:{view.Table}:{view.LookedUpBy}",
            Severity = Verdict.Note,
            Title = $"The view of {whose} is {(view.State == "CatchingUp" ? "catching up" : view.State.ToLowerInvariant())}",
            Detail = view.Error ?? (remaining > 0 ? $"{remaining:#,0} records to go" : null),
            Group = view.LookedUpBy,
            Node = node.Address,
        };
        found.Add(view.State switch
        {
            "Failed" => problem with { Severity = Verdict.Broken, Title = $"The view of {whose} has failed", Hint = "It serves nothing any more. The application has to start it again." },
            "Reconnecting" => problem with { Severity = Verdict.Attention, Hint = "Its brokers do not answer. It serves its last known values and goes on by itself." },
            _ => problem,
        });
    }
}
