using GokaAkka.Actors;
using GokaAkka.Codecs;
using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Testing;

/// <summary>A table partition that is brought up to its changelog step by step, of whatever type.</summary>
abstract class TableReplica : IDisposable
{
    /// <summary>Whether it has what the changelog held when the restore began.</summary>
    public abstract bool IsRestored { get; }

    /// <summary>Reads a batch of the changelog. False when there is nothing to read.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    public abstract bool Step();

    /// <summary>The table.</summary>
    public abstract PartitionTable Table { get; }

    public abstract void Dispose();
}

/// <summary>Drives <see cref="TableFollower{T}"/> over the log of a changelog: what a table's actor does, one call at a time. Used by one thread.</summary>
sealed class TableReplica<T> : TableReplica
{
    readonly ReplicaPlace _place;
    readonly TopicPartition _source;
    readonly TableUpdate? _update;
    readonly bool _follows;
    readonly List<LogRecord> _read = [];
    TableFollower<T>? _follower;
    long _position;
    long _toldEnd;

    /// <exception cref="StorageException">The store cannot be opened.</exception>
    public TableReplica(ReplicaPlace place, StorageId id, ICodec<T> codec, TableUpdate? update, bool follows)
    {
        _place = place;
        _source = new TopicPartition(id.Topic, id.Partition);
        _update = update;
        _follows = follows;
        Typed = new PartitionTable<T>(id, codec, place.Storage.Open(id), place.CacheBytes);
    }

    public PartitionTable<T> Typed { get; }

    public override PartitionTable Table => Typed;

    public override bool IsRestored => _follower is { IsRestored: true };

    /// <summary>How far it has got.</summary>
    public TableProgress Progress => _follower is { } f
        ? new TableProgress(f.Restored, f.IsRestored ? 0 : f.Remaining, f.NextOffset)
        : default;

    public override bool Step()
    {
        var log = _place.Broker.Cluster.Log(_source)
            ?? throw new KafkaFaultException($"The changelog of table {Table.Id} cannot be read", Faults.UnknownPartition(_source, null));
        if (_follower is null)
        {
            Begin(log);
            return true;
        }

        return (_follows || !IsRestored) && Read(log, _follower);
    }

    public override void Dispose() => Table.Dispose();

    void Begin(PartitionLog log)
    {
        _follower = new TableFollower<T>(Typed, _place.WriteBytes, _update);
        _position = _follower.Begin(new OffsetRange(log.LogStart, log.HighWatermark), _place.Broker.Cluster.UnixTime, null).Start;
        _toldEnd = -1;
    }

    bool Read(PartitionLog log, TableFollower<T> follower)
    {
        _read.Clear();
        var next = _position;
        if (log.Read(ref next, _place.BatchRecords, Isolation.ReadCommitted, _read) == ClusterError.OffsetOutOfRange)
        {
            // As a consumer does that finds its position outside the log.
            next = log.LogStart;
            log.Read(ref next, _place.BatchRecords, Isolation.ReadCommitted, _read);
        }

        if (_read.Count == 0)
            return AtEnd(log, follower, next);
        _position = next;
        using var batch = LogBatch.Of(_source, 0, _read, next);
        var wasRestored = follower.IsRestored;
        if (follower.Read(batch) is not null)
            Begin(log);
        else if (wasRestored)
            follower.Write();
        return true;
    }

    bool AtEnd(PartitionLog log, TableFollower<T> follower, long end)
    {
        if (end == _position && end == _toldEnd)
            return false;
        _position = _toldEnd = end;
        if (follower.ReachedEnd(end) is not null)
            Begin(log);
        return true;
    }
}

/// <summary>What the table partitions of a node share.</summary>
sealed record ReplicaPlace(TesterBroker Broker, IStorageProvider Storage, long CacheBytes, long WriteBytes, int BatchRecords);
