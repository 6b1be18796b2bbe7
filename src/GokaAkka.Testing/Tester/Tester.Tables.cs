namespace GokaAkka.Testing;

public sealed partial class Tester
{
    /// <summary>
    /// The value of a key in a table: as the processor has it whose table it is; of tables that nobody in the tester owns, as the topic has it.
    /// </summary>
    /// <returns>The value; the type's default when there is none.</returns>
    /// <exception cref="TesterException">The table is unknown or of another type.</exception>
    public T? TableValue<T>(Table<T> table, Key key) => TableValue<T>(Name(table), key);

    /// <inheritdoc cref="TableValue{T}(Table{T}, Key)"/>
    public T? TableValue<T>(string table, Key key)
    {
        var codec = _catalog.Codec<T>(table);
        var contents = Contents(table);
        if (contents.Read(key) is not { } bytes)
            return default;
        try
        {
            return codec.Decode(bytes);
        }
        catch (Exception e)
        {
            throw new TesterException($"The value of table '{table}', key '{key}', cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Whether a table has a key.</summary>
    /// <exception cref="TesterException">The table is unknown.</exception>
    public bool HasTableValue(string table, Key key) => Contents(table).Read(key) is not null;

    /// <summary>The keys of a table in byte order.</summary>
    /// <exception cref="TesterException">The table is unknown.</exception>
    public IReadOnlyList<Key> TableKeys<T>(Table<T> table) => TableKeys(Name(table));

    /// <inheritdoc cref="TableKeys{T}(Table{T})"/>
    public IReadOnlyList<Key> TableKeys(string table) => Contents(table).Keys();

    /// <summary>
    /// Sets a key of a table, wherever it is: the changelog has a record of it, so joins, lookups and views have it when the call returns, and the
    /// processor whose table it is has it too.
    /// </summary>
    /// <exception cref="TesterException">The table is unknown or of another type; a processor has failed.</exception>
    public void SetTableValue<T>(Table<T> table, Key key, T value, Headers? headers = null)
    {
        var name = Name(table);
        _catalog.Add(name, table.Codec, "table given to the tester");
        Require(name, isTable: true);
        SetTableValue(name, key, value, headers);
    }

    /// <inheritdoc cref="SetTableValue{T}(Table{T}, Key, T, Headers)"/>
    public void SetTableValue<T>(string table, Key key, T value, Headers? headers = null)
    {
        _engine.CheckIdle();
        ArgumentNullException.ThrowIfNull(value);
        Contents(table).Write(key, Encode(_catalog.Codec<T>(table), table, key, value), headers);
        _engine.Settle();
    }

    /// <summary>Removes a key of a table, as <see cref="SetTableValue{T}(Table{T}, Key, T, Headers)"/> sets one.</summary>
    /// <exception cref="TesterException">The table is unknown; a processor has failed.</exception>
    public void DeleteTableValue(string table, Key key, Headers? headers = null)
    {
        _engine.CheckIdle();
        Contents(table).Write(key, null, headers);
        _engine.Settle();
    }

    /// <summary>Removes every key of every table, tombstones in the changelogs included; streams and offsets stay.</summary>
    public void ClearValues()
    {
        _engine.CheckIdle();
        foreach (var topic in _engine.Broker.Cluster.Topics.Where(t => t.IsCompacted).Select(t => t.Name).ToList())
        {
            var contents = Contents(topic);
            foreach (var key in contents.Keys())
                contents.Write(key, null, null);
        }

        _engine.Settle();
    }

    /// <summary>
    /// Writes what tables have changed to their stores, as far as it is acknowledged: of use with
    /// <see cref="TesterOptions.FlushWhenSettled"/> off.
    /// </summary>
    public void Flush()
    {
        _engine.CheckIdle();
        _engine.Flush();
    }

    static string Name<T>(Table<T> table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table.Name;
    }

    TableContents Contents(string table)
    {
        _catalog.Require(table);
        if (_engine.Broker.Cluster.Topic(table) is not { IsCompacted: true } topic)
            throw new TesterException($"Topic '{table}' is a stream, not a table: track it, or name the table.");
        return new TableContents(_engine, topic);
    }
}
