using GokaAkka.Queries;
using static GokaAkka.Commands.Palettes.ClusterPicture;

namespace GokaAkka.Commands.Palettes;

/// <summary><c>view</c>: copies of whole tables.</summary>
static class ViewPalette
{
    static readonly CommandArgument Table = new("table", "the view's table")
    {
        IsMandatory = true,
        Values = static (goka, _) => Task.FromResult<IReadOnlyList<string>>([.. goka.Inspector.Describe().Views.Select(static v => v.Table).Distinct()]),
    };
    static readonly CommandArgument KeyName = new("key", "the key, as text") { IsMandatory = true };

    public static CommandPalette Create() => new("view", "copies of whole tables",
    [
        new("list", "lists the views of every node", Shown(List)),
        new("get", "shows what this node's view has for a key", Get) { Arguments = [Table, KeyName, ValueText.As] },
        new("stats", "shows the views' partitions", Shown(Stats)) { Arguments = [Table with { IsMandatory = false }] },
    ]);

    static async Task List(CommandCall call, ClusterPicture picture)
    {
        await call.Table("views", "table", "state", "looked up by", "partitions", "remaining", "node", "error").ConfigureAwait(false);
        foreach (var (node, view) in picture.Nodes.SelectMany(static n => n.Views.Select(v => (n, v))))
        {
            await call.Row(
                view.Table, view.State, view.LookedUpBy, view.Partitions.Count, view.Partitions.Sum(static p => p.Remaining), node.Address, view.Error)
                .ConfigureAwait(false);
        }
    }

    static async Task Get(CommandCall call)
    {
        var (table, key) = (call.Required(Table.Name), new Key(call.Required(KeyName.Name)));
        var view = call.Goka.LocalTables.Find(table).FirstOrDefault(static t => t.Source == ReadSource.View)
            ?? throw new CommandException($"This node has no view of '{table}'; 'view list' shows those there are, 'table get' asks the table's owner.");
        if (view.Tables.Count == 0)
            throw new CommandException($"The {view.Holder} is {view.State()} and does not know its partitions yet.");
        var partition = view.Tables.Partitioner.Partition(key.Span, view.Tables.Count);
        if (view.Tables.Find(partition) is not { } copy)
            throw new CommandException($"The {view.Holder} is {view.State()}, and partition {partition} is not complete yet.");
        var offset = copy.Offset;
        var value = copy.GetBytes(key.Span) ?? throw new CommandException($"The {view.Holder} has no key '{key}' in partition {partition}, at offset {offset}.");
        await call.Table("entries", "key", "value", "partition", "offset").ConfigureAwait(false);
        await call.Row(key.ToString(), ValueText.Of(value, call.Required(ValueText.As.Name)), partition, offset).ConfigureAwait(false);
    }

    static async Task Stats(CommandCall call, ClusterPicture picture)
    {
        var views = picture.Nodes.SelectMany(static n => n.Views.Select(v => (Node: n, View: v))).Where(v => call[Table.Name] is not { } table || v.View.Table == table).ToList();
        if (views.Count == 0 && call[Table.Name] is { } missing)
            throw new CommandException($"No node has a view of '{missing}'; 'view list' shows those there are.");
        await call.Table("partitions", "table", "partition", "state", "table offset", "restored", "remaining", "restarts", "node").ConfigureAwait(false);
        foreach (var (node, view) in views)
        {
            foreach (var p in view.Partitions)
                await call.Row(view.Table, p.Partition, p.State, p.TableOffset, p.Restored, p.Remaining, p.Restarts, node.Address).ConfigureAwait(false);
        }
    }
}
