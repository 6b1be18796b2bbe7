using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;

namespace GokaAkka.Cluster;

/// <summary>
/// Where the tables of a cluster are, by what its nodes say of themselves. Immutable; maps that have heard the same, in any order and any number of
/// times, are alike.
/// </summary>
sealed class ClusterMap
{
    public static readonly ClusterMap Empty = new(ImmutableDictionary<UniqueAddress, NodeStatement>.Empty);

    readonly ImmutableDictionary<UniqueAddress, NodeStatement> _nodes;
    readonly Dictionary<string, GroupPlaces> _groups = [];
    readonly Dictionary<string, GroupPlaces> _tables = [];

    ClusterMap(ImmutableDictionary<UniqueAddress, NodeStatement> nodes)
    {
        _nodes = nodes;
        foreach (var said in nodes.SelectMany(static n => n.Value.Groups.Select(g => (Node: n.Key, n.Value.Sequence, Group: g))).GroupBy(static s => s.Group.Group))
        {
            var places = new GroupPlaces(said.Key, [.. said.Select(static s => (s.Node, s.Sequence, s.Group))]);
            _groups.Add(places.Group, places);
            _tables.TryAdd(places.Table, places);
        }
    }

    /// <summary>The nodes that have said something.</summary>
    public IEnumerable<UniqueAddress> Nodes => _nodes.Keys;

    /// <summary>The groups that run somewhere.</summary>
    public IEnumerable<GroupPlaces> Groups => _groups.Values;

    /// <summary>The tables that can be read somewhere.</summary>
    public IEnumerable<string> Tables => _tables.Keys.Concat(_nodes.Values.SelectMany(static n => n.Views).Select(static v => v.Table)).Distinct();

    /// <summary>Whether the node has said something.</summary>
    public bool Knows(UniqueAddress node) => _nodes.ContainsKey(node);

    /// <summary>A group; null when it runs nowhere.</summary>
    public GroupPlaces? Group(string group) => _groups.GetValueOrDefault(group);

    /// <summary>The group that writes a table; null when it runs nowhere.</summary>
    public GroupPlaces? Writing(string table) => _tables.GetValueOrDefault(table);

    public IEnumerable<(Address Node, ViewStatement View)> ViewsOf(string table) =>
        from node in _nodes
        from view in node.Value.Views
        where view.Table == table
        select (node.Key.Address, view);

    /// <summary>The nodes that have a copy of a partition which may be complete: standbys first, then views.</summary>
    public IEnumerable<Address> CopiesOf(string table, int partition) =>
        (Writing(table)?.StandbysOf(partition) ?? []).Concat(ViewsOf(table).Select(static v => v.Node)).Distinct();

    /// <summary>The map with what a node says; the same one when the node has said something later before.</summary>
    public ClusterMap With(NodeStatement statement)
    {
        var node = new UniqueAddress(Address.Parse(statement.Address), statement.Uid);
        return _nodes.TryGetValue(node, out var known) && known.Sequence >= statement.Sequence ? this : new ClusterMap(_nodes.SetItem(node, statement));
    }

    /// <summary>The map without a node, which has left the cluster.</summary>
    public ClusterMap Without(UniqueAddress node) => _nodes.ContainsKey(node) ? new ClusterMap(_nodes.Remove(node)) : this;
}

/// <summary>Where a group runs.</summary>
sealed class GroupPlaces
{
    readonly IReadOnlyList<(UniqueAddress Node, long Sequence, GroupStatement Says)> _said;

    public GroupPlaces(string group, IReadOnlyList<(UniqueAddress Node, long Sequence, GroupStatement Says)> said)
    {
        _said = said;
        Group = group;
        Table = said[0].Says.Table;
        Board = said.Aggregate(ClaimBoard.Empty, static (board, s) => board.With(new NodeClaims(s.Node, s.Sequence, s.Says.Generation, [.. s.Says.Partitions])));
        // A node that starts does not know them yet.
        (PartitionCount, Partitioner) = said.Select(static s => (s.Says.PartitionCount, s.Says.Partitioner)).MaxBy(static s => s.PartitionCount);
    }

    public string Group { get; }

    public string Table { get; }

    /// <summary>Who has which partition.</summary>
    public ClaimBoard Board { get; }

    /// <summary>The table's partitions; 0 while no node knows.</summary>
    public int PartitionCount { get; }

    /// <summary>The name of what places the table's keys.</summary>
    public string Partitioner { get; }

    public IEnumerable<Address> Nodes => _said.Select(static s => s.Node.Address);

    /// <summary>The nodes that have a complete copy of a partition.</summary>
    public IEnumerable<Address> StandbysOf(int partition) => _said.Where(s => s.Says.Standbys.Contains(partition)).Select(static s => s.Node.Address);
}

/// <summary>The map as a node knows it now. Written by one actor, read by anyone.</summary>
sealed class SharedMap
{
    public ClusterMap Current
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    } = ClusterMap.Empty;
}
