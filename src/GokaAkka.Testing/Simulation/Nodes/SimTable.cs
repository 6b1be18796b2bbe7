using GokaAkka.Codecs;
using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Testing.Simulation;

/// <summary>
/// Brings a table partition up to its changelog and, where asked, keeps it there: asks the brokers, fetches, and drives
/// <see cref="TableFollower{T}"/> one call at a time, as a table's actor does.
/// </summary>
sealed class SimTable<T>(SimHost host, PartitionTable<T> table, bool follows, Mailbox box, SimTableEvents events)
{
    readonly TopicPartition _source = new(table.Id.Topic, table.Id.Partition);
    TableFollower<T>? _follower;
    long _position;
    bool _isOver;

    // Counts reads begun, so that answers to an abandoned one are recognized.
    int _read;

    public bool IsRestored => _follower is { IsRestored: true };

    public long NextOffset => _follower?.NextOffset ?? 0;

    public void Start() => AskOffsets(++_read);

    /// <summary>Reads nothing more.</summary>
    public void Stop() => _isOver = true;

    void AskOffsets(int read) => host.World.Cluster.ListOffsets(
        host.Process, _source,
        answer =>
        {
            if (answer.Error == ClusterError.None)
                Tell(read, () => Begin(read, answer.Range));
            else
                AskLater(read);
        },
        () => AskLater(read), events.Asked);

    void AskLater(int read) => host.Process.After(host.World.Random.Milliseconds(10, 100), () =>
    {
        if (read == _read && !_isOver)
            AskOffsets(read);
    });

    void Begin(int read, OffsetRange range)
    {
        _follower = new TableFollower<T>(table, host.World.Settings.RestoreWriteBytes);
        if (host.World.Mutations.Has(Mutation.TrustsStoreBeyondEnd) && table.Store.Position.NextOffset > range.High)
        {
            range = range with { High = table.Store.Position.NextOffset };
            _isOver = true;
        }

        var plan = _follower.Begin(range, host.Clock.GetUtcNow().ToUnixTimeMilliseconds(), host.World.Settings.TombstoneRetention);
        host.World.Trace.Add($"{host.Process.Name}: {_source.Topic}[{_source.Partition}] restores from {plan.Start} to {range.High}");
        _position = plan.Start;
        if (_follower.IsRestored)
            events.Restored();
        if (follows || !_follower.IsRestored)
            Fetch(read);
    }

    void Fetch(int read)
    {
        if (read != _read || _isOver)
            return;
        host.World.Cluster.Fetch(
            host.Process, _source, _position, host.World.Random.Between(1, 40), Isolation.ReadCommitted,
            answer => Tell(read, () => Take(read, answer)), () => FetchLater(read));
    }

    void FetchLater(int read) => host.Process.After(host.World.Random.Milliseconds(10, 100), () => Fetch(read));

    void Take(int read, in FetchAnswer answer)
    {
        switch (answer.Error)
        {
            case ClusterError.OffsetOutOfRange when host.World.Cluster.State.Log(_source) is { } log && _position < log.LogStart:
                // What is not kept any more is passed over, as the reader of the seam does.
                _position = log.LogStart;
                break;
            case ClusterError.OffsetOutOfRange:
                throw new KafkaFaultException(
                    $"The changelog of table {table.Id} cannot be read", Testing.Faults.Of(answer.Error, $"offset {_position} is not there"));
            case not ClusterError.None:
                FetchLater(read);
                return;
            default:
                if (!Apply(answer))
                    return;
                break;
        }

        if (follows || !IsRestored)
            Fetch(read);
    }

    /// <summary>False when all is begun anew.</summary>
    bool Apply(in FetchAnswer answer)
    {
        var wasRestored = IsRestored;
        string? anew = null;
        if (answer.Records.Count > 0)
        {
            using var batch = LogBatch.Of(_source, 0, answer.Records, answer.Next);
            _position = answer.Next;
            anew = _follower!.Read(batch);
            if (anew is null && wasRestored)
                _follower.Write();
        }

        if (anew is null && answer.IsEnd)
        {
            _position = answer.Next;
            anew = _follower!.ReachedEnd(answer.Next);
        }

        if (anew is not null)
        {
            if (wasRestored)
                throw new StorageCorruptException($"Table {table.Id} does not belong to its changelog any more: {anew}.");
            host.World.Trace.Add($"{host.Process.Name}: {_source.Topic}[{_source.Partition}] begins anew");
            AskOffsets(++_read);
            return false;
        }

        if (!wasRestored && IsRestored)
            events.Restored();
        return true;
    }

    void Tell(int read, Action action) => box.Tell(() =>
    {
        if (read != _read || _isOver)
            return;
        try
        {
            action();
        }
        catch (Exception e)
        {
            _isOver = true;
            events.Failed(e);
        }
    });
}

/// <summary>What becomes of a table that is restored.</summary>
/// <param name="Asked">At the broker, at the moment at which it says where the changelog ends.</param>
/// <param name="Restored">It has everything up to there.</param>
/// <param name="Failed">It cannot be restored or followed.</param>
sealed record SimTableEvents(Action Asked, Action Restored, Action<Exception> Failed);
