namespace GokaAkka.Kafka.Confluent;

/// <summary>What a subscription tells whoever reads for it, on any thread.</summary>
interface ITableSubscriptionOwner
{
    /// <summary>The listener has asked for more.</summary>
    void Requested(TableSubscription subscription);

    /// <summary>The subscription was disposed.</summary>
    void Dropped(TableSubscription subscription);
}

/// <summary>
/// One partition being read by a table reader: gathers records into a batch and hands it over when the listener has asked for one. All but
/// <see cref="Request"/> and <see cref="Dispose"/> belong to the thread that reads.
/// </summary>
sealed class TableSubscription(TopicPartition id, long fromOffset, ITableListener listener, ITableSubscriptionOwner owner) : ITableSubscription
{
    /// <summary>Bytes of a batch that waits for no more records.</summary>
    public const int FullBytes = 1024 * 1024;

    const int FullRecords = 10_000;

    RecordBatch? _filling;
    long _end = -1;
    int _allowed;
    volatile bool _removed;

    public TopicPartition Id { get; } = id;

    public long FromOffset { get; } = fromOffset;

    public bool IsPaused { get; set; }

    /// <summary>Whether something of it waits for the end of the poll at work.</summary>
    public bool IsTouched { get; set; }

    public bool IsRemoved => _removed;

    /// <summary>Whether a whole batch waits for the listener.</summary>
    public bool IsFull => _filling is { } batch && (batch.Count >= FullRecords || batch.Bytes >= FullBytes);

    /// <summary>Whether what comes next is the partition's end.</summary>
    public bool IsAtEnd => _end >= 0;

    public void Request(int batches)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batches);
        Interlocked.Add(ref _allowed, batches);
        owner.Requested(this);
    }

    public void Dispose()
    {
        _removed = true;
        owner.Dropped(this);
    }

    public void Add(long offset, long timestamp, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers)
    {
        // The end that was seen before is not the end any more.
        _end = -1;
        // The partition begins anew: what waits is of its earlier life, and offsets rise within a batch.
        if (_filling is { } earlier && offset < earlier.NextOffset)
            Drop();
        _filling ??= new RecordBatch(Id.Topic, Id.Partition, 0);
        _filling.Add(offset, timestamp, key, value, valueIsNull, headers);
    }

    public void AtEnd(long nextOffset) => _end = nextOffset;

    /// <summary>Gives the listener what is there, if it has asked for it; then tells the end, if that is what comes next.</summary>
    public void HandOver()
    {
        IsTouched = false;
        if (_filling is { } batch && !_removed)
        {
            if (Volatile.Read(ref _allowed) <= 0)
                return;
            Interlocked.Decrement(ref _allowed);
            _filling = null;
            Call(() => listener.Read(batch));
        }

        if (_end < 0 || _removed)
            return;
        var end = _end;
        _end = -1;
        Call(() => listener.ReachedEnd(end));
    }

    public void Fault(KafkaFault fault)
    {
        if (!_removed)
            listener.Faulted(fault);
    }

    public void Drop()
    {
        _filling?.Dispose();
        _filling = null;
    }

    /// <summary>A listener that throws has broken its contract: it hears of it and of nothing more, and the other partitions go on.</summary>
    void Call(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception e)
        {
            Fault(new KafkaFault("Local_Application", $"the listener of {Id} threw: {e}", FaultKind.Fatal));
            Dispose();
        }
    }
}
