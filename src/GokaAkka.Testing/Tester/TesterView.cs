namespace GokaAkka.Testing;

/// <summary>A view as a tester runs it: its own copy of a table, read from the changelog.</summary>
/// <typeparam name="T">The type of the table's values.</typeparam>
public sealed class TesterView<T> : IDisposable
{
    readonly TesterEngine _engine;
    readonly TesterProcess _process;
    readonly ViewContext<T> _context;
    bool _disposed;

    internal TesterView(TesterEngine engine, Table<T> table, TableUpdate? update, string name)
    {
        _engine = engine;
        _process = new TesterProcess(engine, name, group: null);
        Table = table;
        _context = new ViewContext<T>
        {
            Table = table,
            Owner = name,
            Update = update,
            Settings = engine.Settings,
            Kafka = _process,
            Storage = new Lazy<IStorageProvider>(new NodeStorage(null, engine.Stores)),
            Runtime = _process.Runtime,
            Status = new ViewStatus(new TroubleBoard(engine.Time), _process.Runtime),
            Tables = new LocalTables<T>(engine.Settings.Processor.Partitioner),
            Unreadable = UnreadableValues.Refused,
            ChecksConnection = false,
        };
        engine.Add(_process);
        _process.Start(ViewActor<T>.Props(_context), _context.Status.Done);
    }

    /// <summary>The table.</summary>
    public Table<T> Table { get; }

    /// <summary>The value of a key; the type's default when there is none.</summary>
    public T? Get(Key key) => Partition(key).TryGet(key.Span, out var value) ? value : default;

    /// <summary>Whether the table has the key.</summary>
    public bool Has(Key key) => Partition(key).TryGet(key.Span, out _);

    /// <summary>Iterates over all partitions in byte order of keys.</summary>
    /// <param name="range">Which keys; every key when it is left out.</param>
    public TableIterator<T> Iterate(KeyRange range = default)
    {
        CheckUse();
        var iterators = new List<IStorageIterator>();
        for (var i = 0; i < _context.Tables.Count; i++)
            iterators.Add((_context.Tables[i] ?? throw NotHere(i, "")).Iterate(range));
        return new TableIterator<T>(new MergeIterator(iterators), Table, $"view of {Table.Name}", _context.Tables, UnreadableValues.Refused);
    }

    /// <summary>Closes the view.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _engine.Remove(_process);
        _process.Kill();
    }

    PartitionTable<T> Partition(Key key)
    {
        CheckUse();
        return _context.Tables.Of(key.Span) ?? throw NotHere(_context.Tables.PartitionOf(key.Span), key.ToString());
    }

    PartitionNotHereException NotHere(int partition, string key) => new($"view of {Table.Name}", partition, key, _context.Status.State);

    void CheckUse() => ObjectDisposedException.ThrowIf(_disposed, this);
}
