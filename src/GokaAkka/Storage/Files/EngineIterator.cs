using System.Buffers;

namespace GokaAkka.Storage;

/// <summary>
/// Walks over a range on a snapshot of an engine, which its store may end: whoever does that waits for a step that is under way. Entries are copied, since what
/// an engine gives is gone with the next step.
/// </summary>
abstract class EngineIterator(KeyRange range) : RangeIterator(range)
{
    readonly Lock _gate = new();
    readonly ArrayBufferWriter<byte> _entry = new();
    int _keyLength;
    bool _hasEnded;

    /// <summary>From when on it may be ended, in milliseconds of <see cref="Environment.TickCount64"/>; set by those who keep it.</summary>
    public long Deadline { get; set; } = long.MaxValue;

    /// <summary>Who is told that it has ended; set by those who keep it.</summary>
    public OpenIterators? Keeper { get; set; }

    protected override ReadOnlySpan<byte> FoundKey => _entry.WrittenSpan[.._keyLength];

    protected override ReadOnlySpan<byte> FoundValue => _entry.WrittenSpan[_keyLength..];

    /// <summary>Lets the snapshot go; the next call says so.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_hasEnded)
                return;
            _hasEnded = true;
            EndSnapshot();
        }

        Keeper?.Forget(this);
    }

    protected sealed override bool Find(ReadOnlySpan<byte> key)
    {
        lock (_gate)
        {
            ThrowIfEnded();
            return GoTo(key);
        }
    }

    protected sealed override bool FindNext()
    {
        lock (_gate)
        {
            ThrowIfEnded();
            return GoOn();
        }
    }

    protected sealed override void Release() => End();

    /// <summary>Notes what was found.</summary>
    protected void Copy(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _entry.ResetWrittenCount();
        _entry.Write(key);
        _entry.Write(value);
        _keyLength = key.Length;
    }

    /// <summary>Goes to the first entry at or after a key. False when there is none.</summary>
    protected abstract bool GoTo(ReadOnlySpan<byte> key);

    /// <summary>Goes to the next entry. False when there is none.</summary>
    protected abstract bool GoOn();

    /// <summary>Gives back what the engine holds for it. Called once.</summary>
    protected abstract void EndSnapshot();

    /// <summary>Why it has ended although its store is open.</summary>
    protected virtual StorageException Ended() => new("The iterator has ended: its store took its snapshot away.");

    void ThrowIfEnded()
    {
        if (!_hasEnded)
            return;
        ThrowIfStoreIsClosed();
        throw Ended();
    }
}
