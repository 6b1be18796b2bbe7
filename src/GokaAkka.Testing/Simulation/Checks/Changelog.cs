namespace GokaAkka.Testing.Simulation;

/// <summary>
/// Everything that was ever written to a table partition, what compaction has removed included: replayed from the start it says what a copy of
/// the table must hold.
/// </summary>
sealed class Changelog
{
    readonly List<LogRecord> _records = [];

    public void Add(LogRecord record) => _records.Add(record);

    /// <summary>Records are lost: only these are left, for what compaction had removed in favour of later ones is not there either.</summary>
    public void Reset(IEnumerable<LogRecord> left)
    {
        _records.Clear();
        _records.AddRange(left.Where(static r => !r.IsMarker));
    }

    /// <summary>The table as it is after all records before an offset that are visible to read_committed readers; null for an absent key.</summary>
    public byte[]?[] Replay(long end)
    {
        var state = new byte[]?[2 * Names.Keys];
        foreach (var record in _records)
        {
            if (record.Offset < end && record.Status == RecordStatus.Committed)
                state[Names.KeyOf(record.Key)] = record.Value;
        }

        return state;
    }
}
