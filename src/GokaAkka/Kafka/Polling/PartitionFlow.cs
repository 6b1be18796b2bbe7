namespace GokaAkka.Kafka.Polling;

/// <summary>
/// One assigned topic partition as the polling thread sees it: the batch being filled, how much the partition has not worked off yet, and
/// whether it takes records at all. Owned by the polling thread; only <see cref="Return"/> is called on others.
/// </summary>
sealed class PartitionFlow(TopicPartition id, int generation)
{
    long _records;
    long _bytes;
    volatile bool _isLost;

    public TopicPartition Id { get; } = id;

    /// <summary>The assignment, renewed when the partition is restarted: batches carry it.</summary>
    public int Generation { get; set; } = generation;

    /// <summary>The group's generation that assigned the partition, comparable between members; -1 where it is not known.</summary>
    public int GroupGeneration { get; init; } = -1;

    /// <summary>
    /// The first offset handed out in this generation's life, or the committed one where that is known: where a restart begins while nothing is
    /// done.
    /// </summary>
    public long FirstOffset { get; set; } = -1;

    /// <summary>The offset behind the last record handed out, the committed one before the first; -1 where that is not known.</summary>
    public long Next { get; set; } = -1;

    /// <summary>
    /// Whether somebody else may have the partition: it was lost, or was not given up in time. What a callback that still runs asks for is not to be
    /// written behind what the next owner writes. Set on the polling thread, read on any.
    /// </summary>
    public bool IsLost
    {
        get => _isLost;
        set => _isLost = value;
    }

    /// <summary>Takes the partition's records once it is restored; null until then, and what comes is held here.</summary>
    public IBatchTarget? Target { get; set; }

    /// <summary>Whether the consumer was told to pause.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Batches that came before the partition was open.</summary>
    public Queue<RecordBatch> Held { get; } = new();

    /// <summary>The batch being filled.</summary>
    public RecordBatch? Filling { get; set; }

    /// <summary>Records handed over and not worked off.</summary>
    public long Records => Interlocked.Read(ref _records);

    /// <summary>Bytes handed over and not worked off.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>A batch is handed over.</summary>
    public void Take(RecordBatch batch)
    {
        Interlocked.Add(ref _records, batch.Count);
        Interlocked.Add(ref _bytes, batch.Bytes);
    }

    /// <summary>Records are worked off. Any thread.</summary>
    public void Return(int records, int bytes)
    {
        Interlocked.Add(ref _records, -records);
        Interlocked.Add(ref _bytes, -bytes);
    }

    /// <summary>Throws away what the partition has not been given.</summary>
    public void DropHeld()
    {
        Filling?.Dispose();
        Filling = null;
        while (Held.TryDequeue(out var batch))
            batch.Dispose();
    }
}

/// <summary>Takes a partition's records, on the polling thread.</summary>
interface IBatchTarget
{
    /// <summary>The next records; the target owns the batch.</summary>
    void Read(RecordBatch batch);
}
