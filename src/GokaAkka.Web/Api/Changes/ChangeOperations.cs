using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using GokaAkka.Inspection;
using GokaAkka.Web.Monitoring;
using GokaAkka.Web.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace GokaAkka.Web.Api.Changes;

/// <summary>The operations that change something. Each is written to the log, with who asked for it.</summary>
sealed class ChangeOperations(Func<WebParts> parts)
{
    const int LongestValue = 10_000;
    const string GroupName = "the name of a group";
    const string ActionName = "the name of an action";

    public void Map(RouteGroupBuilder api)
    {
        api.MapGet("session", GetSession);
        api.MapGet("actions", ListActions);
        var changes = api.MapGroup("").ProducesProblem(404).ProducesProblem(413).ProducesProblem(415)
            .WithMetadata(new ProducesResponseTypeAttribute<OutcomeModel>(StatusCodes.Status409Conflict) { Description = "It was not done on every node that was concerned" });
        changes.MapPost("actions/{action}/start", StartAction);
        changes.MapPost("actions/{action}/stop", StopAction);
        changes.MapPost("groups/{group}/pause", PauseGroup);
        changes.MapPost("groups/{group}/resume", ResumeGroup);
        changes.MapPost("groups/{group}/partitions/{partition}/restart", RestartPartition);
    }

    [EndpointSummary("The anti-forgery token for operations that change something")]
    SessionModel GetSession(HttpContext context) => new(parts().Access.Forgery(context, BasePath.Of(context, 2)));

    [EndpointSummary("The actions of all nodes and how their last runs went")]
    async Task<ActionsModel> ListActions(CancellationToken cancellation)
    {
        var snapshot = (await parts().Monitor.Now(cancellation).ConfigureAwait(false)).Snapshot;
        return ActionsModel.Of(snapshot.At, snapshot.Nodes);
    }

    [EndpointSummary("Starts an action")]
    Task<OutcomeModel> StartAction(HttpContext context, [Description(ActionName)] string action, Json<StartModel> body)
    {
        var (value, node) = body.Value;
        return value?.Length > LongestValue ? throw ApiException.Parameter("value", value, $"at most {LongestValue} characters")
            : Change(context, $"start the action {action}{On(node)}", (cluster, stop) => cluster.StartAction(action, value ?? "", node, stop));
    }

    [EndpointSummary("Tells an action to stop")]
    Task<OutcomeModel> StopAction(HttpContext context, [Description(ActionName)] string action, Json<StopModel> body) =>
        Change(context, $"stop the action {action}{On(body.Value.Node)}", (cluster, stop) => cluster.StopAction(action, body.Value.Node, stop));

    [EndpointSummary("Stops consuming an input of a group, or all of them, on every node")]
    Task<OutcomeModel> PauseGroup(HttpContext context, [Description(GroupName)] string group, Json<HaltModel> body) => Halt(context, group, body.Value.Topic, true);

    [EndpointSummary("Consumes an input of a group again, or all of them, on every node")]
    Task<OutcomeModel> ResumeGroup(HttpContext context, [Description(GroupName)] string group, Json<HaltModel> body) => Halt(context, group, body.Value.Topic, false);

    [EndpointSummary("Has a partition finish what it has begun and start again")]
    Task<OutcomeModel> RestartPartition(
        HttpContext context, [Description(GroupName)] string group, [Description("the number of a partition"), Range(0, 1_000_000)] int partition, Json<RestartModel> body) =>
        Change(context, $"restart partition {partition} of the group {group}", (cluster, stop) => cluster.RestartPartition(group, partition, stop));

    Task<OutcomeModel> Halt(HttpContext context, string group, string? topic, bool halted) => Change(
        context, $"{(halted ? "pause" : "resume")} {topic ?? "all inputs"} of the group {group}", (cluster, stop) => cluster.Halt(group, topic, halted, stop));

    static string Caller(HttpContext context) =>
        $"{(context.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : "Somebody")} at {context.Connection.RemoteIpAddress?.ToString() ?? "this machine"}";

    static string On(string? node) => node is null ? "" : $" on {node}";

    async Task<OutcomeModel> Change(HttpContext context, string what, Func<ICluster, CancellationToken, Task<CommandOutcome>> change)
    {
        var monitor = parts().Monitor;
        var outcome = await change(monitor.Cluster, context.RequestAborted).ConfigureAwait(false);
        monitor.Cluster.Log($"{Caller(context)} asked the web monitor to {what}. {outcome.Text}");
        if (outcome is { Succeeded: false, Nodes.Count: 0 })
            throw ApiException.NotFound(outcome.Text);
        // So that whoever asks next sees it.
        await monitor.Look(context.RequestAborted).ConfigureAwait(false);
        if (!outcome.Succeeded)
            context.Response.StatusCode = StatusCodes.Status409Conflict;
        return OutcomeModel.Of(outcome);
    }
}
