using System.Collections.Immutable;
using GokaAkka.Tables;

namespace GokaAkka.Cluster;

/// <summary>
/// What a processor says of its partitions: which the group has assigned to it, under which generation, and of which it keeps a copy. Every change is
/// told to the other nodes. Safe for concurrent use.
/// </summary>
sealed class GroupClaims(string group, string table, LocalTables tables, Action changed)
{
    readonly Lock _gate = new();
    ImmutableSortedSet<int> _partitions = [];
    ImmutableSortedSet<int> _standbys = [];
    int _generation = -1;

    // Of few, as a rule of none.
    volatile int[] _superseded = [];

    public string Group => group;

    /// <summary>Whether <see cref="IsSuperseded"/> holds for any partition.</summary>
    public bool HasSuperseded => _superseded.Length > 0;

    /// <summary>The group has assigned partitions, beside those that are assigned already.</summary>
    public void Assign(IEnumerable<int> partitions, int generation) => Change(() =>
    {
        _partitions = _partitions.Union(partitions);
        _generation = generation;
    });

    /// <summary>The group has taken partitions away, or is about to.</summary>
    public void Release(IEnumerable<int> partitions) => Change(() => _partitions = _partitions.Except(partitions));

    /// <summary>The processor has stopped.</summary>
    public void ReleaseAll() => Change(() => _partitions = _standbys = []);

    /// <summary>The partitions of which there is a complete copy here now.</summary>
    public void SetStandbys(IEnumerable<int> partitions) => Change(() => _standbys = [.. partitions]);

    /// <summary>
    /// Whether another node has been assigned the partition since: this one has yet to hear that it is not its own any more, and what it shows may be
    /// old.
    /// </summary>
    public bool IsSuperseded(int partition)
    {
        foreach (var superseded in _superseded)
        {
            if (superseded == partition)
                return true;
        }

        return false;
    }

    /// <summary>Compares with what the other nodes say.</summary>
    public void CompareWith(ClaimBoard board, Akka.Actor.Address self)
    {
        lock (_gate)
        {
            var generation = _generation;
            _superseded = [.. _partitions.Where(p => board.Find(p) is { } claim && claim.Generation > generation && !claim.Node.Equals(self))];
        }
    }

    public GroupStatement Statement()
    {
        lock (_gate)
            return new GroupStatement(group, table, tables.Count, tables.Partitioner.Name, _generation, _partitions, _standbys);
    }

    void Change(Action change)
    {
        lock (_gate)
        {
            change();
            _superseded = [.. _superseded.Where(_partitions.Contains)];
        }

        changed();
    }
}
