namespace GokaAkka.Commands.Palettes;

/// <summary><c>action</c>: functions that applications have given names.</summary>
static class ActionPalette
{
    static readonly CommandArgument Name = new("action", "the action")
    {
        IsMandatory = true,
        Values = ClusterPicture.Names(static p => p.Nodes.SelectMany(static n => n.Actions).Select(static a => a.Name)),
    };
    static readonly CommandArgument Value = new("value", "what it is started with") { Default = "" };
    static readonly CommandArgument Node = new("node", "the node's address; every node that has the action when it is left out") { Kind = ArgumentKind.Option };

    public static CommandPalette Create() => new("action", "functions that applications have given names",
    [
        new("list", "lists the actions of every node", ClusterPicture.Shown(List)),
        new("start", "starts an action", Start) { Arguments = [Name, Value, Node] },
        new("stop", "tells an action to stop", Stop) { Arguments = [Name, Node] },
    ]);

    static async Task List(CommandCall call, ClusterPicture picture)
    {
        await call.Table("actions", "action", "node", "status", "value", "started", "ended", "error", "description").ConfigureAwait(false);
        foreach (var (node, action) in picture.Nodes.SelectMany(static n => n.Actions.Select(a => (n, a))))
        {
            await call.Row(
                action.Name, node.Address, action.Status, action.Value, ClusterPicture.Text(action.Started), ClusterPicture.Text(action.Ended), action.Error, action.Description)
                .ConfigureAwait(false);
        }
    }

    static async Task Start(CommandCall call) => await Outcomes.Show(
        call, await call.Goka.Inspector.StartAction(call.Required(Name.Name), call.Required(Value.Name), call[Node.Name], call.Cancellation).ConfigureAwait(false))
        .ConfigureAwait(false);

    static async Task Stop(CommandCall call) => await Outcomes.Show(
        call, await call.Goka.Inspector.StopAction(call.Required(Name.Name), call[Node.Name], call.Cancellation).ConfigureAwait(false)).ConfigureAwait(false);
}
