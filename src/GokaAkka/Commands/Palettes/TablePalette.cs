using GokaAkka.Queries;

namespace GokaAkka.Commands.Palettes;

/// <summary><c>table</c>: what tables hold, read from whichever node has it.</summary>
static class TablePalette
{
    const int PageOfExport = 1000;

    static readonly CommandArgument Name = new("table", "the table's topic")
    {
        IsMandatory = true, Values = ClusterPicture.Names(Names),
    };
    static readonly CommandArgument KeyName = new("key", "the key, as text") { IsMandatory = true };
    static readonly CommandArgument AtLeast = new("at-least", "an offset of the key's partition that the answer has to show") { Kind = ArgumentKind.Option };
    static readonly CommandArgument AllowStandby = new("allow-standby", "lets a standby or a view answer where the owner cannot") { Kind = ArgumentKind.Flag };
    static readonly CommandArgument From = new("from", "the first key") { Kind = ArgumentKind.Option };
    static readonly CommandArgument To = new("to", "the key before which to end") { Kind = ArgumentKind.Option };
    static readonly CommandArgument Prefix = new("prefix", "how keys begin, in place of from and to") { Kind = ArgumentKind.Option };
    static readonly CommandArgument Limit = new("limit", $"the most entries, up to {TableQueries.MaxLimit}") { Kind = ArgumentKind.Option, Default = "100" };
    static readonly CommandArgument After = new("after", "the mark that the page before ended with") { Kind = ArgumentKind.Option };

    public static CommandPalette Create() => new("table", "what tables hold",
    [
        new("list", "lists the tables that groups and views have to do with", ClusterPicture.Shown(List)),
        new("get", "shows the value of a key", Get) { Arguments = [Name, KeyName, ValueText.As, AtLeast, AllowStandby] },
        new("range", "shows keys in order, a page of them", Range) { Arguments = [Name, From, To, Prefix, Limit, After, ValueText.As, AllowStandby] },
        new("export", "shows all keys, each partition as it is when it is read", Export) { Arguments = [Name, From, To, Prefix, ValueText.As, AllowStandby] },
    ]);

    static IEnumerable<string> Names(ClusterPicture picture) =>
        picture.Nodes.SelectMany(static n => n.Groups).SelectMany(static g => g.Edges)
            .Where(static e => e.Kind == "persist").Select(static e => e.Topic)
            .Concat(picture.Nodes.SelectMany(static n => n.Views).Select(static v => v.Table));

    static async Task List(CommandCall call, ClusterPicture picture)
    {
        await call.Table("tables", "table", "as", "of", "type", "codec", "partitions", "nodes").ConfigureAwait(false);
        var edges = from node in picture.Nodes
                    from g in node.Groups
                    from edge in g.Edges
                    where edge.Kind is "persist" or "join" or "lookup"
                    group g.PartitionCount by (edge.Topic, edge.Kind, g.Group, edge.Type, edge.Codec);
        foreach (var edge in edges.OrderBy(static e => e.Key.Topic, StringComparer.Ordinal))
        {
            await call.Row(
                edge.Key.Topic, edge.Key.Kind == "persist" ? "group table" : edge.Key.Kind, edge.Key.Group, edge.Key.Type, edge.Key.Codec,
                edge.Key.Kind == "lookup" ? null : edge.Max(), edge.Count()).ConfigureAwait(false);
        }

        var views = picture.Nodes.SelectMany(static n => n.Views).Where(static v => v.LookedUpBy is null).GroupBy(static v => v.Table);
        foreach (var view in views.OrderBy(static v => v.Key, StringComparer.Ordinal))
            await call.Row(view.Key, "view", null, null, null, view.Max(static v => v.Partitions.Count), view.Count()).ConfigureAwait(false);
    }

    static async Task Get(CommandCall call)
    {
        var (table, key) = (call.Required(Name.Name), call.Required(KeyName.Name));
        var consistency = call[AtLeast.Name] is { } text
            ? ReadConsistency.AtLeast(Offset(text), call.Has(AllowStandby.Name))
            : call.Has(AllowStandby.Name) ? ReadConsistency.AllowStandby : ReadConsistency.Owner;
        var answer = await call.Goka.Tables.Get(table, new Key(key), new QueryOptions { Consistency = consistency }, call.Cancellation).ConfigureAwait(false);
        var stamp = answer.Stamp;
        if (answer.Value is not { } value)
            throw new CommandException($"Table '{table}' has no key '{key}', says the {Text(stamp.Source)} of partition {stamp.Partition} on {stamp.Node} at offset {stamp.TableOffset}.");
        await call.Table("entries", "key", "value", "partition", "offset", "from", "node").ConfigureAwait(false);
        await call.Row(key, ValueText.Of(value, call.Required(ValueText.As.Name)), stamp.Partition, stamp.TableOffset, Text(stamp.Source), stamp.Node).ConfigureAwait(false);
    }

    static async Task Range(CommandCall call)
    {
        var limit = call.Number(Limit.Name, 1)!.Value;
        if (limit > TableQueries.MaxLimit)
            throw new CommandException($"--limit is at most {TableQueries.MaxLimit}, found {limit}; 'table export' shows everything.");
        var page = await Page(call, limit, call[After.Name]).ConfigureAwait(false);
        await Begin(call).ConfigureAwait(false);
        await Rows(call, page).ConfigureAwait(false);
        if (page.Continuation is { } rest)
            await call.Note($"There is more: --after {rest}").ConfigureAwait(false);
    }

    static async Task Export(CommandCall call)
    {
        var page = await Page(call, PageOfExport, null).ConfigureAwait(false);
        await Begin(call).ConfigureAwait(false);
        await Rows(call, page).ConfigureAwait(false);
        while (page.Continuation is { } rest)
        {
            page = await Page(call, PageOfExport, rest).ConfigureAwait(false);
            await Rows(call, page).ConfigureAwait(false);
        }
    }

    static Task Begin(CommandCall call) => call.Table("entries", "key", "value", "partition");

    static async Task Rows(CommandCall call, TablePage page)
    {
        var way = call.Required(ValueText.As.Name);
        foreach (var entry in page.Entries)
            await call.Row(ValueText.Of(entry.Key.Span, "auto"), ValueText.Of(entry.Value, way), entry.Partition).ConfigureAwait(false);
    }

    static Task<TablePage> Page(CommandCall call, int limit, string? after) => call.Goka.Tables.Range(
        call.Required(Name.Name), KeysOf(call), limit, after,
        new QueryOptions { Consistency = call.Has(AllowStandby.Name) ? ReadConsistency.AllowStandby : ReadConsistency.Owner }, call.Cancellation);

    static KeyRange KeysOf(CommandCall call)
    {
        var (from, to, prefix) = (call[From.Name], call[To.Name], call[Prefix.Name]);
        if (prefix is not null)
            return from is null && to is null ? KeyRange.Prefix(prefix) : throw new CommandException("--prefix is in place of --from and --to: give one or the other.");
        return to is not null ? KeyRange.Between(from ?? "", to) : from is not null ? KeyRange.From(from) : KeyRange.All;
    }

    static long Offset(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
        ? offset
        : throw new CommandException($"--at-least is an offset, a whole number from 0 on, found '{text}'.");

    static string Text(ReadSource source) => source.ToString().ToLowerInvariant();
}
