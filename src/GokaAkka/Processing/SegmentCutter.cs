namespace GokaAkka.Processing;

/// <summary>
/// Cuts what a partition processes into segments and hands them to the watermark in order. Used by the partition's thread, except for
/// <see cref="Defer"/>, which belongs to the callback at work.
/// </summary>
sealed class SegmentCutter(ISegmentOwner owner, Watermark watermark, SendWindow window)
{
    Segment? _open;
    int _start;
    int _input;
    ISegmentVisit? _visit;

    // The segment of a callback that defers commits, from its first call on; in the watermark only once the callback has ended well.
    Segment? _deferring;

    /// <summary>The number of the last segment closed.</summary>
    public long Sequence { get; private set; }

    /// <summary>Records of the open segment whose fate is not known yet.</summary>
    public int InFlight => _open?.InFlight ?? 0;

    /// <summary>Nothing more is sent.</summary>
    public void EndSends() => _open?.EndSends();

    /// <summary>A batch begins; the one before has ended.</summary>
    public void BeginBatch(int input, ISegmentVisit? visit)
    {
        _input = input;
        _visit = visit;
        _start = 0;
    }

    /// <summary>The segment of a record whose callback has ended well: the open one, or its own if it deferred commits.</summary>
    /// <param name="index">The record's place in its batch.</param>
    /// <param name="offset">The record's offset.</param>
    public Segment For(int index, long offset)
    {
        // Asked for a second time when the record's dead letter follows effects that were refused.
        if (_deferring is { } deferring && !ReferenceEquals(deferring, _open))
        {
            Cut(index, offset);
            _open = deferring;
        }

        return _open ??= New();
    }

    /// <summary>
    /// A segment for this record alone, in the watermark at once, so that offsets are committed in order whichever callback ends first. The
    /// caller closes it.
    /// </summary>
    public Segment Single(int index, long offset)
    {
        Cut(index, offset);
        var segment = New();
        segment.NextOffset = offset + 1;
        Enqueue(segment);
        return segment;
    }

    /// <summary>The callback at hand has failed and is called again: what it deferred counts no more.</summary>
    public void Forget() => _deferring = null;

    /// <summary>A segment of no records, in the watermark at once. The caller closes it.</summary>
    public Segment Turn()
    {
        var segment = new Segment(owner, watermark.Changelog, window);
        Enqueue(segment);
        return segment;
    }

    /// <summary>A record has ended, passed over or not.</summary>
    /// <param name="index">The next record's place.</param>
    /// <param name="nextOffset">The offset behind the record.</param>
    public void EndRecord(int index, long nextOffset)
    {
        var deferring = _deferring;
        _deferring = null;
        if (deferring is not null && ReferenceEquals(deferring, _open))
            Close(index, nextOffset);
    }

    /// <summary>The batch ends: its offset is worth committing even when nothing of it was sent.</summary>
    public void EndBatch(int index, long nextOffset, long processed)
    {
        _open ??= New();
        _open.Processed = processed;
        Close(index, nextOffset);
    }

    /// <summary>Ends the open segment before a record, so that another may begin there.</summary>
    public void Cut(int index, long offset)
    {
        if (_open is not null)
            Close(index, offset);
    }

    /// <summary>
    /// Counts a deferred commit on the segment of the record at hand. On the callback's thread, which need not be the partition's: an
    /// asynchronous one goes on wherever it was woken.
    /// </summary>
    public Segment Defer()
    {
        var segment = _deferring ??= New();
        segment.ExpectDeferred();
        return segment;
    }

    Segment New() => new(owner, watermark.Changelog, window) { Input = _input, Visit = _visit };

    void Close(int index, long nextOffset)
    {
        var segment = _open!;
        _open = null;
        segment.NextOffset = nextOffset;
        // Those passed over count as well, wherever they are.
        segment.Visits = index - _start;
        _start = index;
        Enqueue(segment);
        segment.Close();
    }

    void Enqueue(Segment segment)
    {
        segment.Sequence = ++Sequence;
        segment.Visit?.SegmentAdded();
        watermark.Add(segment);
    }
}
