using Akka.Actor;
using Akka.Cluster;
using GokaAkka.Queries;

namespace GokaAkka.Cluster;

/// <summary>What this node tells the others: its processors' claims and its views. Safe for concurrent use.</summary>
/// <param name="board">The tables on this node.</param>
sealed class LocalClaims(LocalTableBoard board)
{
    readonly ConcurrentDictionary<GroupClaims, bool> _groups = new();
    long _sequence;

    /// <summary>Called after each change, on any thread.</summary>
    public Action Changed { get; set; } = static () => { };

    /// <summary>The claims of a processor that is about to start.</summary>
    public GroupClaims Make(string group, string table, LocalTables tables, LocalTables standbys) => new(group, table, tables, standbys, () => Changed());

    /// <summary>The processor runs, until it has stopped.</summary>
    public void Add(GroupClaims claims, Task stopped)
    {
        _groups[claims] = true;
        Changed();
        stopped.ContinueWith(_ =>
        {
            _groups.TryRemove(claims, out bool _);
            Changed();
        }, TaskScheduler.Default);
    }

    /// <summary>What there is to say now, with the next number.</summary>
    public NodeStatement Statement(UniqueAddress self) => new(
        self.Address.ToString(), self.Uid, Interlocked.Increment(ref _sequence),
        [.. _groups.Keys.Select(static g => g.Statement()).OrderBy(static g => g.Group, StringComparer.Ordinal)],
        [.. board.All.Where(static t => t.Source == ReadSource.View).DistinctBy(static t => t.Name)
            .Select(static t => new ViewStatement(t.Name, t.Tables.Count, t.Tables.Partitioner.Name))]);

    public void CompareWith(ClusterMap map, Address self)
    {
        foreach (var claims in _groups.Keys)
        {
            if (map.Group(claims.Group) is { } places)
                claims.CompareWith(places.Board, self);
        }
    }
}
