namespace GokaAkka.Testing;

/// <summary>One partition that a table reader reads. State is guarded by the gate; the listener is called outside it.</summary>
internal sealed class MemoryTableSubscription(
    MemoryTableReader reader, ClusterHost host, TopicPartition partition, long fromOffset, ITableListener listener) : ITableSubscription
{
    readonly List<LogRecord> _fetched = [];
    long _position = fromOffset;
    long _toldEnd = -1;
    int _allowed;
    int _toldOutage;
    bool _toldMissing;
    bool _isEnded;

    public TopicPartition Partition { get; } = partition;

    public void Request(int batches)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batches);
        lock (host.Gate)
        {
            _allowed += batches;
            reader.Parking.Wake();
        }
    }

    /// <summary>A call under way on the reader's thread is not waited for; no other follows it.</summary>
    public void Dispose()
    {
        lock (host.Gate)
            End();
    }

    /// <summary>Under the gate: what to tell the listener next, to be called outside it; null for nothing.</summary>
    public Action? Next()
    {
        if (host.IsDown)
        {
            if (_toldOutage == host.Outage)
                return null;
            _toldOutage = host.Outage;
            return () => Tell(l => l.Faulted(Faults.BrokersDown));
        }

        if (host.Cluster.Log(Partition) is not { } log)
        {
            // Told once each time it goes missing; it may yet be made.
            if (_toldMissing)
                return null;
            _toldMissing = true;
            var fault = Faults.UnknownPartition(Partition, host.Cluster.Topic(Partition.Topic), FaultKind.Retriable);
            return () => Tell(l => l.Faulted(fault));
        }

        _toldMissing = false;
        return Read(log);
    }

    Action? Read(PartitionLog log)
    {
        _fetched.Clear();
        if (log.Read(ref _position, Room, Isolation.ReadCommitted, _fetched) == ClusterError.OffsetOutOfRange)
        {
            _position = log.LogStart;
            _toldEnd = -1;
            log.Read(ref _position, Room, Isolation.ReadCommitted, _fetched);
        }

        if (_fetched.Count > 0)
        {
            _allowed--;
            _toldEnd = -1;
            var batch = LogBatch.Of(Partition, 0, _fetched, _position);
            return () =>
            {
                if (!Tell(l => l.Read(batch)))
                    batch.Dispose();
            };
        }

        // At the end, and not with nothing more to say than last time.
        var end = log.LastStableOffset;
        if (_position != end || _toldEnd == end)
            return null;
        _toldEnd = end;
        return () => Tell(l => l.ReachedEnd(end));
    }

    int Room => _allowed > 0 ? host.Options.TableBatchRecords : 0;

    /// <summary>Outside the gate. A listener that throws has broken its contract: it hears of it and of nothing more.</summary>
    /// <returns>False when the subscription has ended, and the listener was not called.</returns>
    bool Tell(Action<ITableListener> call)
    {
        lock (host.Gate)
        {
            if (_isEnded)
                return false;
        }

        try
        {
            call(listener);
        }
        catch (Exception e)
        {
            Dispose();
            listener.Faulted(new KafkaFault("Local_Application", $"the listener of {Partition} threw: {e}", FaultKind.Fatal));
        }

        return true;
    }

    /// <summary>Under the gate: nothing more is read or told.</summary>
    public void End()
    {
        _isEnded = true;
        reader.Remove(this);
    }
}
