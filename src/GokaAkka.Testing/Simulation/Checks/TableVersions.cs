namespace GokaAkka.Testing.Simulation;

/// <summary>
/// The tables that somebody else writes: each value is the number of times that its key was written, so that a reader can be held against what it has seen
/// and what was there when it began.
/// </summary>
sealed class TableVersions(SimWorld world)
{
    readonly Dictionary<string, long[]> _latest = new(StringComparer.Ordinal)
    {
        [Names.Joined] = new long[Names.Keys],
        [Names.LookedUp] = new long[Names.Keys],
    };

    /// <summary>A key is written once more.</summary>
    public byte[] Next(string table, int key) => Encoding.UTF8.GetBytes((++_latest[table][key]).ToString(CultureInfo.InvariantCulture));

    public long Latest(string table, int key) => _latest[table][key];

    /// <summary>A reader asks where a partition of a table ends: from the moment at which it is complete, it has at least that.</summary>
    public void Asked(TopicPartition id, long[] known)
    {
        for (var key = 0; key < Names.Keys; key++)
        {
            if (Names.Partition(key) == id.Partition)
                known[key] = _latest[id.Topic][key];
        }
    }

    /// <summary>I11: a callback sees a value, which is not older than what its reader had when it was complete, or has seen since.</summary>
    public void Seen(string table, long[] known, int key, long value)
    {
        if (key >= Names.Keys)
            return;
        if (value < known[key])
            world.Violate($"I11: a callback finds version {value} of key {key} in '{table}', and its reader has had version {known[key]}");
        known[key] = Math.Max(known[key], value);
    }
}
