namespace GokaAkka.Testing.Simulation;

/// <summary>What a group member reads: its partitions' positions, fetched records that wait for a poll, and what is paused.</summary>
sealed class FetchSet(SimProcess process, SimCluster cluster, SimRandom random, string group, MutationSet mutations)
{
    const int Buffered = 60;

    readonly List<Cursor> _cursors = [];
    readonly Isolation _isolation = mutations.Has(Mutation.ReadsUncommittedInputs) ? Isolation.ReadUncommitted : Isolation.ReadCommitted;
    int _generation;

    /// <summary>Whether a poll has records to hand out.</summary>
    public bool HasRecords => _cursors.Exists(static c => c is { IsPaused: false, Records.Count: > 0 });

    /// <summary>The offsets behind the records that were handed out.</summary>
    public IReadOnlyList<TopicPartitionOffset> Given =>
        [.. _cursors.Where(static c => c.Given >= 0).Select(static c => new TopicPartitionOffset(c.Partition.Topic, c.Partition.Partition, c.Given))];

    /// <summary>Reads these partitions alone, once <see cref="Start"/> is called.</summary>
    public void Assign(IReadOnlyList<TopicPartition> partitions)
    {
        _generation++;
        _cursors.Clear();
        foreach (var partition in partitions)
            _cursors.Add(new Cursor(partition));
    }

    /// <summary>Finds where to start what was not sought, and begins to fetch.</summary>
    public void Start() => AskCommitted(_generation);

    public void Pause(IReadOnlyCollection<TopicPartition> partitions)
    {
        foreach (var cursor in Of(partitions))
        {
            cursor.IsPaused = true;
            // The client may drop what it has fetched and fetch it again.
            if (cursor.Records.Count > 0 && random.Chance(0.5))
                cursor.GoTo(cursor.Records.Peek().Offset);
        }
    }

    public void Resume(IReadOnlyCollection<TopicPartition> partitions)
    {
        foreach (var cursor in Of(partitions))
        {
            cursor.IsPaused = false;
            Fetch(cursor, _generation);
        }
    }

    public void Seek(TopicPartitionOffset position)
    {
        foreach (var cursor in Of([new TopicPartition(position.Topic, position.Partition)]))
        {
            cursor.GoTo(position.Offset, mutations.Has(Mutation.HandsOutWhatWasFetchedBefore));
            Fetch(cursor, _generation);
        }
    }

    public int HandOut(int max, IRecordSink sink)
    {
        var given = 0;
        foreach (var cursor in _cursors)
        {
            while (!cursor.IsPaused && given < max && cursor.Records.TryDequeue(out var record))
            {
                given++;
                cursor.Given = record.Offset + 1;
                sink.Add(
                    cursor.Partition.Topic, cursor.Partition.Partition, record.Offset, record.Timestamp, record.Key, record.Value,
                    record.Value is null, record.Headers);
            }

            Fetch(cursor, _generation);
        }

        return given;
    }

    void AskCommitted(int generation)
    {
        var unknown = _cursors.Where(c => c.Position < 0).Select(c => c.Partition).ToList();
        if (generation != _generation || unknown.Count == 0)
            return;
        cluster.Committed(process, group, unknown, answer =>
        {
            if (generation != _generation)
                return;
            if (answer.Error != ClusterError.None)
            {
                process.After(random.Milliseconds(20, 100), () => AskCommitted(generation));
                return;
            }

            foreach (var (partition, offset) in answer.Offsets)
            {
                foreach (var cursor in Of([partition]))
                {
                    // Sought meanwhile, it starts there.
                    if (cursor.Position < 0)
                        cursor.GoTo(mutations.Has(Mutation.StartsAtTheEnd) ? cluster.State.Log(partition)!.HighWatermark : offset ?? 0);
                    Fetch(cursor, generation);
                }
            }
        }, () => AskCommitted(generation));
    }

    void Fetch(Cursor cursor, int generation)
    {
        if (generation != _generation || cursor.IsFetching || cursor.IsPaused || cursor.Position < 0 || cursor.Records.Count >= Buffered)
            return;
        cursor.IsFetching = true;
        var version = cursor.Version;
        cluster.Fetch(process, cursor.Partition, cursor.Position, random.Between(1, Buffered), _isolation, answer =>
        {
            cursor.IsFetching = false;
            if (generation != _generation)
                return;
            if (version == cursor.Version)
                Take(cursor, answer);
            if (answer.Error is ClusterError.None or ClusterError.OffsetOutOfRange)
                Fetch(cursor, generation);
            else
                FetchLater(cursor, generation);
        }, () =>
        {
            cursor.IsFetching = false;
            FetchLater(cursor, generation);
        });
    }

    void FetchLater(Cursor cursor, int generation) => process.After(random.Milliseconds(20, 150), () => Fetch(cursor, generation));

    void Take(Cursor cursor, in FetchAnswer answer)
    {
        if (answer.Error == ClusterError.OffsetOutOfRange)
        {
            // As auto.offset.reset says.
            cursor.GoTo(cluster.State.Log(cursor.Partition)!.LogStart);
        }
        else if (answer.Error == ClusterError.None)
        {
            foreach (var record in answer.Records)
                cursor.Records.Enqueue(record);
            cursor.Position = answer.Next;
        }
    }

    IEnumerable<Cursor> Of(IReadOnlyCollection<TopicPartition> partitions) => _cursors.Where(c => partitions.Contains(c.Partition)).ToList();

    sealed class Cursor(TopicPartition partition)
    {
        public TopicPartition Partition { get; } = partition;

        /// <summary>The next offset to fetch; -1 until it is known.</summary>
        public long Position { get; set; } = -1;

        public Queue<LogRecord> Records { get; } = new();

        public bool IsPaused { get; set; }

        public bool IsFetching { get; set; }

        /// <summary>The offset behind the last record that was handed out; -1 for none.</summary>
        public long Given { get; set; } = -1;

        /// <summary>Changes with every jump, so that answers to earlier fetches are dropped.</summary>
        public int Version { get; private set; }

        public void GoTo(long offset, bool keepsRecords = false)
        {
            Position = offset;
            if (!keepsRecords)
                Records.Clear();
            Version++;
        }
    }
}
