namespace GokaAkka.Processing;

/// <summary>
/// One flush at a time on its way from the table's cache to the store: taken at a boundary between segments, ready once every changelog
/// record up to there is acknowledged, over when it is written. Used by the partition's thread.
/// </summary>
/// <param name="table">The table; null for none.</param>
/// <param name="watermark">Knows what is acknowledged.</param>
/// <param name="isWithheld">Whether a flush waits for <see cref="Release"/> besides.</param>
sealed class FlushCycle<T>(PartitionTable<T>? table, Watermark watermark, bool isWithheld)
{
    TableFlush? _flush;
    bool _taken;
    bool _released;

    /// <summary>Whether no flush is under way.</summary>
    public bool IsIdle => _flush is null;

    /// <summary>Whether a flush may begin and so much waits for one that it should not wait for its time.</summary>
    public bool IsUrgent => table is { IsFlushUrgent: true } && _flush is null;

    /// <summary>Takes what the table has changed. False when there is nothing to take, or a flush is under way.</summary>
    public bool Begin() => table is not null && _flush is null && (_flush = table.BeginFlush()) is not null;

    /// <summary>The flush is ready, and its position known, once this segment and all before it are acknowledged.</summary>
    public void SetBoundary(long sequence) => watermark.SetBoundary(sequence);

    /// <summary>The flush, once it is ready and if it was not taken before.</summary>
    public TableFlush? Take()
    {
        if (_flush is null || _taken || (isWithheld && !_released) || watermark.AtBoundary is not { } position)
            return null;
        _taken = true;
        _flush.Position = watermark.Changelog.IsWhole
            ? new StorePosition(position.Offset + 1, position.Fingerprint, position.Timestamp)
            : table!.Store.Position;
        return _flush;
    }

    /// <summary>What the flush under way holds is committed.</summary>
    public void Release() => _released = _flush is not null;

    /// <summary>The flush is written.</summary>
    public void End()
    {
        table!.EndFlush(_flush!);
        _flush = null;
        _taken = _released = false;
    }
}
