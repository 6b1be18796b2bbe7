using GokaAkka.Inspection;
using GokaAkka.Web.Security;
using Microsoft.AspNetCore.Http;

namespace GokaAkka.Web.Api.Changes;

/// <summary>The operations that change something. Each is written to the log, with who asked for it.</summary>
static class ChangeOperations
{
    const int LongestValue = 10_000;

    static readonly ApiParameter Group = new("group", "the name of a group", InPath: true);
    static readonly ApiParameter Action = new("action", "the name of an action", InPath: true);

    public static IReadOnlyList<ApiOperation> All =>
    [
        ApiOperation.Get("actions", "listActions", "The actions of all nodes and how their last runs went", static async call =>
        {
            var snapshot = (await call.Picture.ConfigureAwait(false)).Snapshot;
            return ActionsModel.Of(snapshot.At, snapshot.Nodes);
        }),
        Change<StartModel>("actions/{action}/start", "startAction", "Starts an action", static (call, body) =>
        {
            if (body.Value?.Length > LongestValue)
                throw ApiException.Parameter("value", body.Value, $"at most {LongestValue} characters");
            return ($"start the action {call.Required("action")}{On(body.Node)}",
                stop => call.Cluster.StartAction(call.Required("action"), body.Value ?? "", body.Node, stop));
        }, Action),
        Change<StopModel>("actions/{action}/stop", "stopAction", "Tells an action to stop", static (call, body) =>
            ($"stop the action {call.Required("action")}{On(body.Node)}", stop => call.Cluster.StopAction(call.Required("action"), body.Node, stop)), Action),
        Change<HaltModel>("groups/{group}/pause", "pauseGroup", "Stops consuming an input of a group, or all of them, on every node", static (call, body) =>
            ($"pause {body.Topic ?? "all inputs"} of the group {call.Required("group")}", stop => call.Cluster.Halt(call.Required("group"), body.Topic, true, stop)), Group),
        Change<HaltModel>("groups/{group}/resume", "resumeGroup", "Consumes an input of a group again, or all of them, on every node", static (call, body) =>
            ($"resume {body.Topic ?? "all inputs"} of the group {call.Required("group")}", stop => call.Cluster.Halt(call.Required("group"), body.Topic, false, stop)), Group),
        Change<RestartModel>("groups/{group}/partitions/{partition}/restart", "restartPartition", "Has a partition finish what it has begun and start again", static (call, _) =>
            ($"restart partition {call.Number("partition")} of the group {call.Required("group")}",
                stop => call.Cluster.RestartPartition(call.Required("group"), call.Number("partition"), stop)),
            Group, new ApiParameter("partition", "the number of a partition", InPath: true) { Bounds = (0, 1_000_000, 0) }),
    ];

    static string On(string? node) => node is null ? "" : $" on {node}";

    static ApiOperation Change<TBody>(
        string path, string id, string summary, Func<ApiCall, TBody, (string What, Func<CancellationToken, Task<CommandOutcome>> Do)> change,
        params ApiParameter[] parameters) where TBody : class =>
        ApiOperation.Post<TBody, OutcomeModel>(path, id, summary, async (call, body) =>
        {
            var (what, run) = change(call, body);
            var outcome = await run(call.Aborted).ConfigureAwait(false);
            call.Cluster.Log($"{Caller.Of(call.Context)} asked the web monitor to {what}. {outcome.Text}");
            if (outcome is { Succeeded: false, Nodes.Count: 0 })
                throw ApiException.NotFound(outcome.Text);
            // So that whoever asks next sees it.
            await call.Monitor.Look(call.Aborted).ConfigureAwait(false);
            if (!outcome.Succeeded)
                call.Context.Response.StatusCode = StatusCodes.Status409Conflict;
            return OutcomeModel.Of(outcome);
        }, parameters) with { Failures = [403, 404, 409] };
}
