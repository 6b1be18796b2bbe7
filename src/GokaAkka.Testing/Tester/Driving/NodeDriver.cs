using GokaAkka.Actors;
using GokaAkka.Storage;

namespace GokaAkka.Testing;

/// <summary>
/// One node of a group: what a processor and its polling thread do, one call at a time and without either. The group tells it which
/// partitions are its own; whoever drives it says when it takes a step. Used by one thread.
/// </summary>
abstract class NodeDriver(string group, string name)
{
    public string Group { get; } = group;

    public string Name { get; } = name;

    /// <summary>Why it has failed for good, or null.</summary>
    public Exception? Failure { get; private protected set; }

    /// <summary>The topics it reads.</summary>
    public abstract IReadOnlyList<string> Inputs { get; }

    /// <summary>The topic of its table, or null.</summary>
    public abstract string? Table { get; }

    /// <summary>The partitions that are its own, those that are not running included.</summary>
    public abstract IReadOnlyList<PartitionStatus> Partitions { get; }

    /// <summary>Records fed so far, by topic.</summary>
    public SortedDictionary<string, long> Fed { get; } = new(StringComparer.Ordinal);

    /// <summary>These partitions are its own from now on.</summary>
    public abstract void Assign(IReadOnlyList<int> partitions);

    /// <summary>It has to give up these partitions in good order: <see cref="Holds"/> says when it has.</summary>
    public abstract void Revoke(IReadOnlyList<int> partitions);

    /// <summary>These partitions are another's already: it drops them and commits nothing.</summary>
    public abstract void Lose(IReadOnlyList<int> partitions);

    /// <summary>Whether a partition that was its own is not quite given up yet.</summary>
    public abstract bool Holds(int partition);

    /// <summary>Whether all partitions it was given process records.</summary>
    public abstract bool IsReady { get; }

    /// <summary>Does what can be done now, a batch per input and partition. False when there was nothing.</summary>
    public abstract bool Step();

    /// <summary>Begins to flush every table. False when there was nothing to flush.</summary>
    public abstract bool Flush();

    /// <summary>When waiting for something ends by itself, on the cluster's clock; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public abstract TimeSpan NextDeadline { get; }

    /// <summary>Whether there are records to process, or a callback has ended that was waited for.</summary>
    public abstract bool CanWork { get; }

    /// <summary>Callbacks at work, described.</summary>
    public abstract IEnumerable<string> AtWork { get; }

    /// <summary>Takes what may be committed.</summary>
    /// <param name="leaving">Partitions that are about to go: what they have posted is taken in any case.</param>
    public abstract IReadOnlyList<TopicPartitionOffset> TakeCommits(IReadOnlyList<int>? leaving = null);

    /// <summary>The process ends here and now: nothing is drained, flushed, committed or told.</summary>
    public abstract void Crash();

    /// <summary>It has given up everything: closes what it has beside its partitions.</summary>
    public abstract void Close();

    /// <summary>A key's value in a partition of the table that is running here; false when the partition is not.</summary>
    public abstract bool TryRead(int partition, ReadOnlySpan<byte> key, out byte[]? value);

    /// <summary>The keys and values of a partition of the table that is running here, or null.</summary>
    public abstract IStorageIterator? Iterate(int partition);

    /// <summary>Makes a change of the table known here that was written to the changelog by somebody else.</summary>
    public abstract void Overwrite(int partition, ReadOnlySpan<byte> key, byte[]? value);
}
