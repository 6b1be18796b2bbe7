using System.ComponentModel;
using GokaAkka.Inspection;
using GokaAkka.Queries;

namespace GokaAkka.Web.Api.Queries;

/// <summary>The tables there are.</summary>
sealed record TablesModel([property: Description("By name")] IReadOnlyList<TableModel> Tables)
{
    public static TablesModel Of(IReadOnlyList<NodeReport> nodes)
    {
        var tables = new SortedDictionary<string, TableModel>(StringComparer.Ordinal);
        foreach (var group in nodes.SelectMany(static n => n.Groups))
        {
            if (group.Edges.FirstOrDefault(static e => e.Kind == "persist") is { } edge)
                tables[edge.Topic] = new TableModel(edge.Topic, group.Group, edge.Type, edge.Codec, [], group.PartitionCount);
        }

        foreach (var (node, view) in nodes.SelectMany(static n => n.Views.Select(v => (n.Address, v))))
        {
            var known = tables.GetValueOrDefault(view.Table) ?? new TableModel(view.Table, null, null, null, [], view.Partitions.Count);
            tables[view.Table] = known with { Views = [.. known.Views.Append(node).Distinct(StringComparer.Ordinal)] };
        }

        return new TablesModel([.. tables.Values]);
    }
}

/// <summary>A table that can be read.</summary>
sealed record TableModel(
    string Name,
    [property: Description("The group whose table it is; left out where none runs here")] string? Group,
    [property: Description("The type of its values")] string? Type,
    string? Codec,
    [property: Description("Nodes that have a view of it")] IReadOnlyList<string> Views,
    int Partitions);

/// <summary>What a table has for a key.</summary>
sealed record ValueModel(
    string Table,
    ShownBytes Key,
    bool Found,
    [property: Description("Left out where the table does not have the key")] ShownBytes? Value,
    StampModel Stamp);

/// <summary>A part of a table.</summary>
sealed record PageModel(
    string Table,
    [property: Description("Keys in byte order")] IReadOnlyList<EntryModel> Entries,
    [property: Description("Given as after to the same query, it goes on behind the last entry; left out at the end")] string? After,
    [property: Description("Where each partition was read")] IReadOnlyList<StampModel> Stamps);

/// <summary>A key and its value.</summary>
sealed record EntryModel(
    ShownBytes Key,
    [property: Description("The key's bytes in hexadecimal digits, for a query of it alone")] string KeyHex,
    ShownBytes Value,
    int Partition);

/// <summary>Where something was read, and how far it reaches.</summary>
sealed record StampModel(
    [property: Description("owner, standby or view")] string Source,
    [property: Description("The node that has answered")] string Node,
    int Partition,
    [property: Description("Everything before this offset of the table's topic is shown")] long TableOffset,
    [property: Description("When it was read, by that node's clock")] DateTimeOffset At)
{
    public static StampModel Of(ReadStamp stamp) => new(stamp.Source.ToString().ToLowerInvariant(), stamp.Node, stamp.Partition, stamp.TableOffset, stamp.At);
}
