using GokaAkka.Codecs;
using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Testing;

/// <summary>All partitions of a table on one node, of whatever type: what views are, and lookups.</summary>
abstract class TableCopy : IDisposable
{
    public abstract LocalTables Tables { get; }

    /// <summary>Whether every partition has what the changelog held when the copy began.</summary>
    public abstract bool IsRestored { get; }

    /// <summary>Reads a batch of each partition. False when there is nothing to read.</summary>
    public abstract bool Step();

    public abstract void Dispose();
}

/// <inheritdoc cref="TableCopy"/>
sealed class TableCopy<T> : TableCopy
{
    readonly TableReplica<T>[] _replicas;

    /// <exception cref="StorageException">A store cannot be opened.</exception>
    public TableCopy(ReplicaPlace place, IPartitioner partitioner, string owner, string topic, ICodec<T> codec, TableUpdate? update)
    {
        var count = place.Broker.Cluster.Topic(topic)!.Partitions;
        Typed = new LocalTables<T>(partitioner);
        Typed.SetCount(count);
        _replicas = new TableReplica<T>[count];
        for (var i = 0; i < count; i++)
            _replicas[i] = new TableReplica<T>(place, new StorageId(owner, topic, i), codec, update, follows: true);
    }

    public LocalTables<T> Typed { get; }

    public override LocalTables Tables => Typed;

    public override bool IsRestored => Array.TrueForAll(_replicas, r => r.IsRestored);

    public override bool Step()
    {
        var did = false;
        for (var i = 0; i < _replicas.Length; i++)
        {
            did |= _replicas[i].Step();
            // Not before: what is not complete is not served.
            if (_replicas[i].IsRestored)
                Typed.Set(i, _replicas[i].Typed);
        }

        return did;
    }

    public override void Dispose()
    {
        Typed.SetCount(0);
        foreach (var replica in _replicas)
            replica.Dispose();
    }
}
