using GokaAkka.Tables;

namespace GokaAkka.Actors;

/// <summary>
/// The table partitions this node holds, for readers on any thread. A partition is here from the moment it is restored until it stops
/// processing: what is not here is not served.
/// </summary>
sealed class LocalTables<T>
{
    volatile PartitionTable<T>?[] _tables = [];

    /// <summary>The number of partitions, 0 until it is known.</summary>
    public int Count => _tables.Length;

    public PartitionTable<T>? this[int partition] => Volatile.Read(ref _tables[partition]);

    public void SetCount(int partitions) => _tables = new PartitionTable<T>?[partitions];

    public void Set(int partition, PartitionTable<T> table) => Volatile.Write(ref _tables[partition], table);

    public void Clear(int partition) => Volatile.Write(ref _tables[partition], null);

    /// <summary>Takes a partition off, if it is still this one.</summary>
    public void Remove(int partition, PartitionTable<T> table) => Interlocked.CompareExchange(ref _tables[partition], null, table);
}
