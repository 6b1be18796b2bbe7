using System.Collections.Immutable;

namespace GokaAkka.Cluster;

/// <summary>
/// What a processor says of its partitions: which the group has assigned to it, and under which generation; every change is told to the other nodes.
/// Beside them, of which it keeps a copy. Safe for concurrent use.
/// </summary>
/// <param name="group">The group.</param>
/// <param name="table">Its table's topic.</param>
/// <param name="tables">The table's partitions that are its own.</param>
/// <param name="standbys">Those that it keeps a complete copy of.</param>
/// <param name="changed">Called after each change, on the caller's thread.</param>
sealed class GroupClaims(string group, string table, LocalTables tables, LocalTables standbys, Action changed)
{
    readonly Lock _gate = new();
    ImmutableSortedSet<int> _partitions = [];
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

    /// <summary>A copy has become complete, or is gone.</summary>
    public void CopiesChanged() => Change(static () => { });

    /// <summary>The processor has stopped.</summary>
    public void ReleaseAll() => Change(() => _partitions = []);

    /// <summary>
    /// Whether another node has been assigned the partition since: this one has yet to hear that it is not its own any more, and what it shows may be
    /// old.
    /// </summary>
    public bool IsSuperseded(int partition) => Array.IndexOf(_superseded, partition) >= 0;

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
        var copies = Enumerable.Range(0, standbys.Count).Where(p => standbys.Find(p) is not null).ToArray();
        lock (_gate)
            return new GroupStatement(group, table, tables.Count, tables.Partitioner.Name, _generation, _partitions, copies);
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
