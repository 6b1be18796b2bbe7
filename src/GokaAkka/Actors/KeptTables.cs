namespace GokaAkka.Actors;

/// <summary>
/// The tables of one partition of a group, its own and those it joins, by topic. Whoever runs the partition uses them, its actor or its standby's, one
/// after the other; left open by one, the next takes them over as they are. The processor's actor closes what nobody wants.
/// </summary>
sealed class KeptTables
{
    readonly Dictionary<string, KeptTable> _tables = [];

    /// <summary>The table of a topic, open or not.</summary>
    public KeptTable<T> Of<T>(string topic)
    {
        if (!_tables.TryGetValue(topic, out var kept))
            _tables[topic] = kept = new KeptTable<T>();
        return (KeptTable<T>)kept;
    }

    /// <summary>The table of a topic that was opened before.</summary>
    public KeptTable this[string topic] => _tables[topic];

    /// <summary>Closes all stores that are open.</summary>
    public void Close()
    {
        foreach (var kept in _tables.Values)
            kept.Close();
    }
}
