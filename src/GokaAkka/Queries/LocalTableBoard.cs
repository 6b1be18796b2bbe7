using System.Collections.Immutable;

namespace GokaAkka.Queries;

/// <summary>A table on this node that can be read.</summary>
/// <param name="Name">The table's topic.</param>
/// <param name="Source">What it is of the table.</param>
/// <param name="Holder">Who holds it, for people: a group or a view.</param>
/// <param name="Tables">Its partitions.</param>
/// <param name="State">What its holder is at.</param>
sealed record LocalTable(string Name, ReadSource Source, string Holder, LocalTables Tables, Func<Enum> State)
{
    /// <summary>Whether another node has a partition by now, though this one has not let go of it.</summary>
    public Func<int, bool> IsSuperseded { get; init; } = static _ => false;
}

/// <summary>The tables on this node that can be read, by name. Safe for concurrent use.</summary>
sealed class LocalTableBoard
{
    ImmutableDictionary<string, ImmutableArray<LocalTable>> _tables = ImmutableDictionary<string, ImmutableArray<LocalTable>>.Empty;

    /// <summary>The tables of that name: what a group owns first, then its standbys, then views.</summary>
    public ImmutableArray<LocalTable> Find(string name) => Volatile.Read(ref _tables).GetValueOrDefault(name, []);

    public IEnumerable<LocalTable> All => Volatile.Read(ref _tables).Values.SelectMany(static t => t);

    /// <summary>A table can be read until its holder has ended.</summary>
    public void Add(LocalTable table, Task ended)
    {
        Change(table.Name, tables => [.. tables.Add(table).OrderBy(static t => t.Source)]);
        ended.ContinueWith(_ => Change(table.Name, tables => tables.Remove(table)), TaskScheduler.Default);
    }

    void Change(string name, Func<ImmutableArray<LocalTable>, ImmutableArray<LocalTable>> change) =>
        ImmutableInterlocked.Update(ref _tables, static (all, c) =>
        {
            var changed = c.change(all.GetValueOrDefault(c.name, []));
            return changed.IsEmpty ? all.Remove(c.name) : all.SetItem(c.name, changed);
        }, (name, change));
}
