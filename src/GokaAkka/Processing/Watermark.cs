namespace GokaAkka.Processing;

/// <summary>
/// The segments of a partition in order, and how far from the front they are done: that far, and not a record further, may be committed.
/// Used by the partition's thread alone.
/// </summary>
/// <param name="topics">The inputs.</param>
/// <param name="partition">The partition.</param>
/// <param name="tableEnd">The first changelog offset that the table did not have when the partition began.</param>
/// <param name="isTransactional">
/// Whether what is sent is part of transactions: visits are told what of them is done by <see cref="TellVisits"/> alone.
/// </param>
sealed class Watermark(string[] topics, int partition, long tableEnd, bool isTransactional)
{
    readonly Queue<Segment> _open = new();
    readonly Queue<Segment> _tablePending = new();
    readonly long[] _next = [.. topics.Select(_ => -1L)];
    readonly bool[] _changed = new bool[topics.Length];
    readonly List<Segment> _visited = [];
    long _tableSequence;
    long _boundary;

    /// <summary>What the offsets of the table's records say about its changelog.</summary>
    public ChangelogOrder Changelog { get; } = new(partition, tableEnd, isTransactional);

    /// <summary>Takes down when batches are acknowledged; null for nobody.</summary>
    public IBatchTimings? Timings { get; init; }

    /// <summary>Segments not done yet, or behind one that is not.</summary>
    public int Open => _open.Count;

    /// <summary>Segments done so far.</summary>
    public long Done { get; private set; }

    /// <summary>Records sent whose fate is not known yet.</summary>
    public int InFlight
    {
        get
        {
            var sum = 0;
            foreach (var segment in _open)
                sum += segment.InFlight;
            return sum;
        }
    }

    /// <summary>Nothing more is sent.</summary>
    public void EndSends()
    {
        foreach (var segment in _open)
            segment.EndSends();
    }

    /// <summary>The last table record that is delivered with all those before it.</summary>
    public TablePosition Table { get; private set; } = TablePosition.None;

    /// <summary>
    /// The table's position at the boundary, once every table record up to there is delivered; null before. Not a record later, for that is
    /// what the flushed values reflect.
    /// </summary>
    public TablePosition? AtBoundary { get; private set; }

    /// <summary>A flush was taken right after this segment.</summary>
    public void SetBoundary(long sequence)
    {
        _boundary = sequence;
        AtBoundary = sequence <= _tableSequence ? Table : null;
    }

    /// <summary>A segment was closed.</summary>
    public void Add(Segment segment)
    {
        _open.Enqueue(segment);
        _tablePending.Enqueue(segment);
    }

    /// <summary>Takes what is done off the front.</summary>
    /// <exception cref="DeliveryException">The failure of a segment, as it was reported.</exception>
    /// <exception cref="Storage.StorageCorruptException">The changelog has gone back: the table is not of it any more.</exception>
    public void Advance()
    {
        Changelog.Check();
        while (_tablePending.TryPeek(out var segment) && segment.IsTableDone)
        {
            _tablePending.Dequeue();
            if (segment.TableOffset >= 0)
                Table = new TablePosition(segment.TableOffset, segment.TableFingerprint, segment.TableTimestamp);
            segment.Held?.ForEach(static s => s.DeferredArrived());
            _tableSequence = segment.Sequence;
            if (segment.Sequence == _boundary)
                AtBoundary = Table;
        }

        while (_open.TryPeek(out var segment) && segment.IsDone)
        {
            _open.Dequeue();
            Done++;
            if (segment.Held is not null)
                continue;
            if (segment.Visit is not null)
            {
                _visited.Add(segment);
                continue;
            }

            _next[segment.Input] = segment.NextOffset;
            _changed[segment.Input] = true;
            if (segment.Processed != 0)
                Timings?.Acknowledged(topics[segment.Input], segment.Processed);
        }

        if (!isTransactional)
            TellVisits();
        foreach (var segment in _open)
        {
            if (segment.Failure is { } failure)
                throw new DeliveryException(segment is { Visit: null, Held: null } ? topics[segment.Input] : "a visit or the table", partition, segment.NextOffset, failure);
        }
    }

    /// <summary>Tells visits what of them is done; called by <see cref="Advance"/> itself, unless it was told to hold that back.</summary>
    public void TellVisits()
    {
        foreach (var segment in _visited)
            segment.Visit!.SegmentDone(segment.Visits);
        _visited.Clear();
    }

    /// <summary>Adds what may be committed and has not been taken before.</summary>
    public void TakeCommits(List<TopicPartitionOffset> commits)
    {
        for (var i = 0; i < topics.Length; i++)
        {
            if (!_changed[i])
                continue;
            _changed[i] = false;
            commits.Add(new TopicPartitionOffset(topics[i], partition, _next[i]));
        }
    }

    /// <summary>The offset up to which an input may be committed; -1 before the first.</summary>
    public long this[int input] => _next[input];
}

/// <summary>A changelog record that is delivered.</summary>
readonly record struct TablePosition(long Offset, ulong Fingerprint, long Timestamp)
{
    public static readonly TablePosition None = new(-1, 0, 0);
}
