using GokaAkka.Actors;
using GokaAkka.Graph;
using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Testing;

/// <summary>A view as a tester runs it: its own copy of a table, read from the changelog.</summary>
/// <typeparam name="T">The type of the table's values.</typeparam>
public sealed class TesterView<T> : IDisposable
{
    readonly TesterEngine _engine;
    readonly TableCopy<T> _copy;
    bool _disposed;

    internal TesterView(TesterEngine engine, Table<T> table, TableCopy<T> copy)
    {
        _engine = engine;
        _copy = copy;
        Table = table;
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
        for (var i = 0; i < _copy.Typed.Count; i++)
            iterators.Add(_copy.Typed[i]!.Iterate(range));
        return new TableIterator<T>(new MergeIterator(iterators), Table, $"view of {Table.Name}", _copy.Typed, UnreadableValues.Refused);
    }

    /// <summary>Closes the view.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _engine.Remove(_copy);
        _copy.Dispose();
    }

    PartitionTable<T> Partition(Key key)
    {
        CheckUse();
        return _copy.Typed.Of(key.Span) ?? throw new PartitionNotHereException($"view of {Table.Name}", _copy.Typed.PartitionOf(key.Span), key.ToString(), ViewState.CatchingUp);
    }

    void CheckUse() => ObjectDisposedException.ThrowIf(_disposed, this);
}
