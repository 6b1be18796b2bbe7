using System.Diagnostics.CodeAnalysis;

namespace GokaAkka.Tables;

/// <summary>A table as far as it is on this node, of whatever type.</summary>
abstract class LocalTables
{
    /// <summary>The number of partitions, 0 until it is known.</summary>
    public abstract int Count { get; }

    /// <summary>Where the table's writers put its keys.</summary>
    public abstract IPartitioner Partitioner { get; }

    /// <summary>A partition, or null when it is not here.</summary>
    public abstract PartitionTable? Find(int partition);
}

/// <summary>
/// The table partitions this node holds, for readers on any thread. A group's partition is here from the moment it is restored until it
/// stops processing; a view's stays while its reading of the changelog fails and starts again. What is not here is not served.
/// </summary>
sealed class LocalTables<T>(IPartitioner partitioner) : LocalTables
{
    volatile PartitionTable<T>?[] _tables = [];

    public override int Count => _tables.Length;

    public override IPartitioner Partitioner => partitioner;

    public PartitionTable<T>? this[int partition] =>
        _tables is { } tables && partition < tables.Length ? Volatile.Read(ref tables[partition]) : null;

    public override PartitionTable? Find(int partition) => this[partition];

    public void SetCount(int partitions) => _tables = new PartitionTable<T>?[partitions];

    public void Set(int partition, PartitionTable<T> table) => Volatile.Write(ref _tables[partition], table);

    public void Clear(int partition) => Volatile.Write(ref _tables[partition], null);

    /// <summary>Takes a partition off, if it is still this one.</summary>
    public void Remove(int partition, PartitionTable<T> table) => Interlocked.CompareExchange(ref _tables[partition], null, table);

    /// <summary>The partition a key belongs to, or -1 while the number of partitions is not known.</summary>
    public int PartitionOf(ReadOnlySpan<byte> key) => _tables is { Length: > 0 } tables ? partitioner.Partition(key, tables.Length) : -1;

    /// <summary>The table partition of a key, or null when it is not here.</summary>
    public PartitionTable<T>? Of(ReadOnlySpan<byte> key)
    {
        var tables = _tables;
        return tables.Length == 0 ? null : Volatile.Read(ref tables[partitioner.Partition(key, tables.Length)]);
    }

    /// <summary>The value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="isHere">Whether the key's partition is here, and so whether the answer means anything.</param>
    public bool TryGet(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out T value, out bool isHere)
    {
        var table = Of(key);
        isHere = table is not null;
        if (table is not null && table.TryGet(key, out value))
            return true;
        // A table that was taken off meanwhile may have been emptied since: that nothing was found there says nothing.
        isHere = isHere && Of(key) == table;
        value = default;
        return false;
    }
}
