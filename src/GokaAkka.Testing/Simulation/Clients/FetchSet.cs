namespace GokaAkka.Testing.Simulation;

/// <summary>What a group member reads: its partitions' positions, fetched records that wait for a poll, and what is paused.</summary>
sealed class FetchSet(SimProcess process, SimCluster cluster, SimRandom random, string group, MutationSet mutations)
{
    const int Buffered = 60;

    readonly List<Cursor> _cursors = [];
    readonly Isolation _isolation = mutations.Has(Mutation.ReadsUncommittedInputs) ? Isolation.ReadUncommitted : Isolation.ReadCommitted;

    /// <summary>Whether a poll has records to hand out.</summary>
    public bool HasRecords => _cursors.Exists(static c => c is { IsPaused: false, Records.Count: > 0 });

    /// <summary>The offsets behind the records that were handed out.</summary>
    public IReadOnlyList<TopicPartitionOffset> Given =>
        [.. _cursors.Where(static c => c.Given >= 0).Select(static c => new TopicPartitionOffset(c.Partition.Topic, c.Partition.Partition, c.Given))];

    /// <summary>Whether a partition is read.</summary>
    public bool Has(TopicPartition partition) => _cursors.Exists(c => c.Partition == partition);

    /// <summary>Reads these partitions as well, once <see cref="Start"/> is called.</summary>
    public void Add(IReadOnlyList<TopicPartition> partitions) => _cursors.AddRange(partitions.Select(static p => new Cursor(p)));

    /// <summary>Reads these no more.</summary>
    public void Remove(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var cursor in Of(partitions))
        {
            cursor.IsGone = true;
            _cursors.Remove(cursor);
        }
    }

    /// <summary>Finds where to start what was not sought, and begins to fetch.</summary>
    public void Start() => AskCommitted([.. _cursors.Where(static c => c.Position < 0)]);

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
            Fetch(cursor);
        }
    }

    public void Seek(TopicPartitionOffset position)
    {
        foreach (var cursor in Of([new TopicPartition(position.Topic, position.Partition)]))
        {
            cursor.GoTo(position.Offset, mutations.Has(Mutation.HandsOutWhatWasFetchedBefore));
            Fetch(cursor);
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

            Fetch(cursor);
        }

        return given;
    }

    void AskCommitted(List<Cursor> asked)
    {
        List<Cursor> unknown = [.. asked.Where(static c => c is { IsGone: false, Position: < 0 })];
        if (unknown.Count == 0)
            return;
        cluster.Committed(process, group, [.. unknown.Select(static c => c.Partition)], answer =>
        {
            if (answer.Error != ClusterError.None)
            {
                process.After(random.Milliseconds(20, 100), () => AskCommitted(unknown));
                return;
            }

            foreach (var (cursor, (partition, offset)) in unknown.Zip(answer.Offsets))
            {
                // Sought meanwhile, it starts there.
                if (cursor.Position < 0)
                    cursor.GoTo(mutations.Has(Mutation.StartsAtTheEnd) ? cluster.State.Log(partition)!.HighWatermark : offset?.Offset ?? 0);
                Fetch(cursor);
            }
        }, () => AskCommitted(unknown));
    }

    void Fetch(Cursor cursor)
    {
        if (cursor.IsGone || cursor.IsFetching || cursor.IsPaused || cursor.Position < 0 || cursor.Records.Count >= Buffered)
            return;
        cursor.IsFetching = true;
        var version = cursor.Version;
        cluster.Fetch(process, cursor.Partition, cursor.Position, random.Between(1, Buffered), _isolation, answer =>
        {
            cursor.IsFetching = false;
            if (version == cursor.Version)
                Take(cursor, answer);
            if (answer.Error is ClusterError.None or ClusterError.OffsetOutOfRange)
                Fetch(cursor);
            else
                FetchLater(cursor);
        }, () =>
        {
            cursor.IsFetching = false;
            FetchLater(cursor);
        });
    }

    void FetchLater(Cursor cursor) => process.After(random.Milliseconds(20, 150), () => Fetch(cursor));

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

        /// <summary>Whether it is not read any more.</summary>
        public bool IsGone { get; set; }

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
