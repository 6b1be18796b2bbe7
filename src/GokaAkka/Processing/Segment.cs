namespace GokaAkka.Processing;

/// <summary>
/// A run of consecutive records of one input and everything that has to happen before their offset may be committed: deliveries of the
/// records they caused, and commits the user deferred. One counter for all of it, which a record costs no atomic operation to wait for, and which deliveries count down in runs.
/// </summary>
/// <remarks>
/// While the segment is open its counters stand far above zero, and what arrives is counted down; <see cref="Close"/> puts in what was expected.
/// So a counter reaches zero once, when everything is done. Deliveries come on the producer's thread, deferred commits on any.
/// </remarks>
sealed class Segment(ISegmentOwner owner, ChangelogOrder changelog, SendWindow window) : IRunListener
{
    /// <summary>Token of a table record; others belong to emits.</summary>
    public const int TableToken = 1;

    /// <summary>Token of a record to an output or the loop.</summary>
    public const int EmitToken = 0;

    /// <summary>Token of the copy of a record that failed.</summary>
    public const int DeadLetterToken = 2;

    // Far more than can arrive while a segment is open.
    const int OpenCount = 1 << 30;

    int _outstanding = OpenCount;
    int _tableOutstanding = OpenCount;

    // Records whose fate is not known, whatever else the segment waits for.
    int _inFlight = OpenCount;

    // Of the owner alone.
    long _bytes;
    int _expected;
    int _tableExpected;
    bool _sendsEnded;
    long _tableOffset = -1;
    Exception? _failure;

    /// <summary>The input the records are of.</summary>
    public int Input { get; set; }

    /// <summary>The visit the records belong to, or null for an input's.</summary>
    public ISegmentVisit? Visit { get; set; }

    /// <summary>Keys visited.</summary>
    public int Visits { get; set; }

    /// <summary>
    /// Segments that wait for this one's table records; null for a segment of records. One with a list here is of no input: it is a turn of
    /// the coalescer.
    /// </summary>
    public List<Segment>? Held { get; set; }

    /// <summary>The offset to commit once the segment is done.</summary>
    public long NextOffset { get; set; }

    /// <summary>Its number: segments of a task are numbered in order.</summary>
    public long Sequence { get; set; }

    /// <summary>When the callbacks of the batch that it ends had ended, as its timings tell it; 0 when nobody wants to know.</summary>
    public long Processed { get; set; }

    /// <summary>Hash of the last table record sent, 0 when there was none.</summary>
    public ulong TableFingerprint { get; set; }

    /// <summary>Time of the last table record sent.</summary>
    public long TableTimestamp { get; set; }

    /// <summary>Whether every count is given back.</summary>
    public bool IsDone => Volatile.Read(ref _outstanding) == 0;

    /// <summary>Whether every table record is delivered, whatever else is outstanding.</summary>
    public bool IsTableDone => Volatile.Read(ref _tableOutstanding) == 0;

    /// <summary>The last table record's offset; -1 when there was none. Meaningful once <see cref="IsTableDone"/>.</summary>
    public long TableOffset => Volatile.Read(ref _tableOffset);

    /// <summary>Why it will never be done, or null.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Records sent whose fate is not known yet. Read by the owner.</summary>
    public int InFlight => Volatile.Read(ref _inFlight) + (_sendsEnded ? 0 : _expected - OpenCount);

    /// <summary>One more deferred commit to wait for.</summary>
    public void ExpectDeferred() => Interlocked.Increment(ref _outstanding);

    /// <summary>A deferred commit was completed.</summary>
    public void DeferredArrived() => Arrived(1);

    /// <summary>One more record to wait for. The owner.</summary>
    public void Expect(int token, int bytes)
    {
        if (token == TableToken)
            _tableExpected++;
        _expected++;
        _bytes += window.Sent(bytes);
    }

    /// <summary>The owner adds nothing more.</summary>
    public void Close()
    {
        TableArrived(OpenCount - _tableExpected);
        EndSends();
        Arrived(OpenCount - _expected);
    }

    /// <summary>The owner sends nothing more of it, closed or not, and hears when the fate of all is known.</summary>
    public void EndSends()
    {
        if (_sendsEnded)
            return;
        _sendsEnded = true;
        Settled(OpenCount - _expected);
    }

    /// <summary>The owner takes back an expectation: the record could not be sent.</summary>
    public void Withdraw(int token, int bytes)
    {
        if (token == TableToken)
            _tableExpected--;
        _expected--;
        _bytes -= window.Withdrawn(bytes);
    }

    /// <inheritdoc/>
    public void Delivered(int token, long offset, KafkaFault? fault)
    {
        if (fault is not null)
        {
            Settled(1);
            Fail(new KafkaFaultException(Name(token) + " was not delivered", fault));
            return;
        }

        Delivered(token, 1, offset);
    }

    /// <inheritdoc/>
    public void Delivered(int token, int count, long lastOffset)
    {
        if (token == TableToken)
        {
            // Deliveries of one partition come in order and on one thread, so the last one written is the greatest.
            Volatile.Write(ref _tableOffset, lastOffset);
            changelog.Delivered(count, lastOffset);
            TableArrived(count);
        }

        Settled(count);
        Arrived(count);
    }

    // The window has room again, though a deferred commit may still hold the segment.
    void Settled(int count)
    {
        if (Interlocked.Add(ref _inFlight, -count) != 0 || _bytes == 0)
            return;
        window.Settled(_bytes);
        owner.SegmentChanged();
    }

    void Arrived(int count)
    {
        if (Interlocked.Add(ref _outstanding, -count) == 0)
            owner.SegmentChanged();
    }

    /// <summary>It will never be done. The count stays, so nothing of it or behind it is ever committed.</summary>
    public void Fail(Exception failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is null)
            owner.SegmentChanged();
    }

    static string Name(int token) => token switch
    {
        TableToken => "A table record",
        DeadLetterToken => "A dead letter",
        _ => "An emitted record",
    };

    void TableArrived(int count)
    {
        if (Interlocked.Add(ref _tableOutstanding, -count) == 0 && TableOffset >= 0)
            owner.SegmentChanged();
    }
}

/// <summary>Hears from any thread that a segment is done, has failed, or has its table records delivered.</summary>
interface ISegmentOwner
{
    void SegmentChanged();
}
