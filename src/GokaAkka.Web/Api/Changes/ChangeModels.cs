using System.ComponentModel;
using GokaAkka.Inspection;

namespace GokaAkka.Web.Api.Changes;

/// <summary>What a page needs before it can have something changed.</summary>
sealed record SessionModel([property: Description("To be sent as X-Goka-Forgery, with the cookie that comes with it")] string Forgery);

/// <summary>The actions of all nodes.</summary>
sealed record ActionsModel(
    [property: Description("When the nodes were looked at")] DateTimeOffset At,
    [property: Description("By node and name")] IReadOnlyDictionary<string, ActionModel> Actions)
{
    public static ActionsModel Of(DateTimeOffset at, IReadOnlyList<NodeReport> nodes) => new(
        At: at,
        Actions: nodes.SelectMany(static n => n.Actions.Select(a => new ActionModel(n.Address, a.Name, a.Description, a.Status, a.Value, a.Started, a.Ended, a.Error)))
            .ToDictionary(static a => $"{a.Node} {a.Name}", StringComparer.Ordinal));
}

/// <summary>An action on a node.</summary>
sealed record ActionModel(
    string Node,
    string Name,
    [property: Description("What it does")] string Description,
    [property: Description("idle, running, stopping, succeeded, failed or stopped")] string Status,
    [property: Description("The value it was started with last")] string? Value,
    DateTimeOffset? Started,
    DateTimeOffset? Ended,
    [property: Description("Why it failed last")] string? Error);

/// <summary>Starts an action.</summary>
sealed record StartModel(
    [property: Description("Given to the action; empty when left out")] string? Value,
    [property: Description("The node to start it on; left out: wherever it is")] string? Node);

/// <summary>Stops an action.</summary>
sealed record StopModel([property: Description("The node to stop it on; left out: wherever it is")] string? Node);

/// <summary>Pauses or resumes a group.</summary>
sealed record HaltModel([property: Description("The input; left out: all of them")] string? Topic);

/// <summary>Restarts a partition.</summary>
sealed record RestartModel;

/// <summary>What came of it.</summary>
sealed record OutcomeModel(
    [property: Description("Whether at least one node was concerned and every one of those did it")] bool Succeeded,
    string Text,
    IReadOnlyList<NodeOutcomeModel> Nodes)
{
    public static OutcomeModel Of(CommandOutcome outcome) =>
        new(outcome.Succeeded, outcome.Text, [.. outcome.Nodes.Select(static n => new NodeOutcomeModel(n.Node, n.Succeeded, n.Text))]);
}

/// <summary>What came of it on one node.</summary>
sealed record NodeOutcomeModel(string Node, bool Succeeded, string Text);
