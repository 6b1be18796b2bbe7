using System.Runtime.CompilerServices;

namespace GokaAkka.Queries;

/// <summary>
/// Reads a table wherever it is: keys of partitions that this node has without a hop, others from the nodes that have them. Nodes that run no processor
/// of the table's group read by it, too. Safe for concurrent use.
/// </summary>
/// <typeparam name="T">The type of the table's values.</typeparam>
public sealed class TableQueries<T>
{
    const int ScanPage = 1000;

    // Reads of one call that are on their way at a time.
    const int ManyAtOnce = 32;

    readonly TableQueries _queries;
    readonly Table<T> _table;
    readonly UnreadableValues _unreadable;

    // The group that writes the table, where it is known.
    readonly string? _group;

    internal TableQueries(TableQueries queries, Table<T> table, UnreadableValues unreadable, string? group = null)
    {
        (_queries, _table, _unreadable, _group) = (queries, table, unreadable, group);
    }

    /// <summary>The table.</summary>
    public Table<T> Table => _table;

    /// <summary>The value of a key, from its owner; the type's default when there is none.</summary>
    /// <exception cref="QueryException">The table is not known, or could not be read within <c>goka.query.timeout</c>.</exception>
    /// <exception cref="TableValueException">The codec cannot read it, and the policy (<c>goka.processor.on-error.table</c>) is not absent.</exception>
    public async ValueTask<T?> Get(Key key) => (await Get(key, QueryOptions.Default).ConfigureAwait(false)).Value;

    /// <summary>The value of a key, with where it was read.</summary>
    /// <inheritdoc cref="TableQueries.Get"/>
    public async ValueTask<Answer<T>> Get(Key key, QueryOptions options, CancellationToken cancellation = default)
    {
        var read = await Of(_queries.Get(_table.Name, key, options, cancellation)).ConfigureAwait(false);
        T? value = default;
        var isFound = read.Value is { } bytes && TryDecode(key, bytes, read.Stamp.Partition, out value);
        return new Answer<T> { Found = isFound, Value = value, Stamp = read.Stamp };
    }

    /// <summary>Whether the table has the key, by its owner.</summary>
    /// <exception cref="QueryException">The table is not known, or could not be read within <c>goka.query.timeout</c>.</exception>
    public async ValueTask<bool> Has(Key key) => (await Get(key, QueryOptions.Default).ConfigureAwait(false)).Found;

    /// <summary>The values of several keys; those that the table does not have are left out.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="options">How to read.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException"><see cref="ReadConsistency.AtLeast"/> was asked for, which is about one partition.</exception>
    /// <exception cref="QueryException">The table is not known, or a key could not be read within the time.</exception>
    public async Task<IReadOnlyDictionary<Key, T>> GetMany(IEnumerable<Key> keys, QueryOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var how = options ?? QueryOptions.Default;
        if (how.Consistency.TableOffset > 0)
            throw new ArgumentException("AtLeast names an offset of one partition, and the keys may be of several; use it with Get.", nameof(options));
        var found = new Dictionary<Key, T>();
        using var slots = new SemaphoreSlim(ManyAtOnce);
        var answers = keys.Distinct().Select(async key =>
        {
            await slots.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                return (Key: key, Answer: await Get(key, how, cancellation).ConfigureAwait(false));
            }
            finally
            {
                slots.Release();
            }
        }).ToList();
        foreach (var (key, answer) in await Task.WhenAll(answers).ConfigureAwait(false))
        {
            if (answer.Found)
                found.Add(key, answer.Value!);
        }

        return found;
    }

    /// <inheritdoc cref="TableQueries.Range"/>
    public async Task<Page<T>> Range(
        KeyRange range, int limit, string? continuation = null, QueryOptions? options = null, CancellationToken cancellation = default)
    {
        var page = await Of(_queries.Range(_table.Name, range, limit, continuation, options, cancellation)).ConfigureAwait(false);
        var entries = new List<KeyValuePair<Key, T>>(page.Entries.Count);
        foreach (var entry in page.Entries)
        {
            if (TryDecode(entry.Key, entry.Value, entry.Partition, out var value))
                entries.Add(new KeyValuePair<Key, T>(entry.Key, value!));
        }

        return new Page<T> { Entries = entries, Continuation = page.Continuation, Stamps = page.Stamps };
    }

    bool TryDecode(Key key, byte[] bytes, int partition, out T? value) =>
        _unreadable.TryDecode(_table, _group ?? "a query", key.Span, bytes, partition, out value);

    /// <summary>Every key of a range and its value, in byte order over all partitions of all nodes, read page by page as they are asked for.</summary>
    /// <param name="range">Which keys; every key when it is left out.</param>
    /// <param name="options">How to read; the time-out is that of each page.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="QueryException">The table is not known, or a partition could not be read within the time.</exception>
    public async IAsyncEnumerable<KeyValuePair<Key, T>> Scan(
        KeyRange range = default, QueryOptions? options = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? continuation = null;
        do
        {
            var page = await Range(range, ScanPage, continuation, options, cancellation).ConfigureAwait(false);
            foreach (var entry in page.Entries)
                yield return entry;
            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    async Task<TResult> Of<TResult>(Task<TResult> read)
    {
        try
        {
            return await read.ConfigureAwait(false);
        }
        catch (QueryException e) when (_group is not null && e.Failure == QueryFailure.UnknownTable)
        {
            throw new QueryException(QueryFailure.NotRunning, e.Table, e.Partition, e.Node,
                $"Group '{_group}' has no running processor that could be asked; start one. {e.Message}", e);
        }
    }
}
