namespace GokaAkka.Queries;

/// <summary>
/// Reads tables by name, in the bytes of their codecs: for whoever knows no types, such as tools and pages. Every group table and every view's
/// table is there. Safe for concurrent use.
/// </summary>
public sealed class TableQueries
{
    /// <summary>The most entries of one page.</summary>
    public const int MaxLimit = 10_000;

    const int FewestEntries = 16;

    readonly IReadRouter _router;
    readonly TimeSpan _timeout;
    readonly TimeProvider _time;

    internal TableQueries(IReadRouter router, TimeSpan timeout, TimeProvider time)
    {
        _router = router;
        _timeout = timeout;
        _time = time;
    }

    /// <summary>The value of a key. A key that the table does not have is an answer, too.</summary>
    /// <param name="table">The table's topic.</param>
    /// <param name="key">The key.</param>
    /// <param name="options">How to read; the owner's answer within <c>goka.query.timeout</c> when left out.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="QueryException">The table is not known, or could not be read within the time.</exception>
    public async Task<TableAnswer> Get(string table, Key key, QueryOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        var how = options ?? QueryOptions.Default;
        var attempts = Attempts(table, how, cancellation);
        var route = await attempts.Route().ConfigureAwait(false);
        var request = new ReadKey(
            table, route.Partitioner.Partition(key.Span, route.Partitions), how.Consistency.TableOffset, AllowsCopies(how, route), key.Memory);
        var read = await attempts.Read<KeyRead>(request).ConfigureAwait(false);
        return new TableAnswer { Value = read.Value, Stamp = read.Stamp };
    }

    /// <summary>
    /// A page of a range, in byte order over all partitions. Each partition is read at a moment of its own; a key that does not change meanwhile is
    /// in the pages once.
    /// </summary>
    /// <param name="table">The table's topic.</param>
    /// <param name="range">Which keys.</param>
    /// <param name="limit">The most entries, 1 to <see cref="MaxLimit"/>.</param>
    /// <param name="continuation">The <see cref="TablePage.Continuation"/> of the page before; null to begin.</param>
    /// <param name="options">How to read; the owners' answers within <c>goka.query.timeout</c> when left out.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">
    /// The limit is out of its bounds, the continuation is of another query, or <see cref="ReadConsistency.AtLeast"/> was asked for, which is about one
    /// partition.
    /// </exception>
    /// <exception cref="QueryException">The table is not known, or a partition of it could not be read within the time.</exception>
    public async Task<TablePage> Range(
        string table, KeyRange range, int limit, string? continuation = null, QueryOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxLimit);
        var how = options ?? QueryOptions.Default;
        if (how.Consistency.TableOffset > 0)
            throw new ArgumentException("AtLeast names an offset of one partition, and a range is read from all of them; use it with Get.", nameof(options));
        PageToken? after = continuation is null ? null : PageToken.Parse(continuation, table, range);
        var attempts = Attempts(table, how, cancellation);
        var route = await attempts.Route().ConfigureAwait(false);
        var piece = Math.Clamp(limit / route.Partitions * 5 / 4, Math.Min(limit, FewestEntries), limit);
        var copies = AllowsCopies(how, route);
        var cursors = new PartitionCursor[route.Partitions];
        for (var i = 0; i < cursors.Length; i++)
        {
            cursors[i] = new PartitionCursor(i, after?.Rest(range, i) ?? range,
                (partition, rest) => attempts.Read<RangeRead>(new ReadRange(table, partition, 0, copies, rest, piece, _router.PieceBytes)));
        }

        return await Merge(table, range, limit, cursors).ConfigureAwait(false);
    }

    static async Task<TablePage> Merge(string table, KeyRange range, int limit, PartitionCursor[] cursors)
    {
        await Task.WhenAll(cursors.Select(static c => c.Fill())).ConfigureAwait(false);
        var entries = new List<TableEntry>(limit);
        // Entries come by key, and of one key by partition.
        var next = new PriorityQueue<PartitionCursor, (Key, int)>();
        foreach (var cursor in cursors)
            Enqueue(cursor);
        while (entries.Count < limit && next.TryDequeue(out var cursor, out _))
        {
            entries.Add(cursor.Current!);
            cursor.Advance();
            if (cursor.NeedsFill && entries.Count < limit)
                await cursor.Fill().ConfigureAwait(false);
            Enqueue(cursor);
        }

        var isEnd = next.Count == 0 && !cursors.Any(static c => c.NeedsFill);
        return new TablePage
        {
            Entries = entries,
            Continuation = isEnd ? null : new PageToken(entries[^1].Key.Memory, entries[^1].Partition).ToText(table, range),
            Stamps = [.. cursors.Select(static c => c.Stamp!)],
        };

        void Enqueue(PartitionCursor cursor)
        {
            if (cursor.Current is { } entry)
                next.Enqueue(cursor, (entry.Key, cursor.Partition));
        }
    }

    // Where there is no owner to ask, the view is what was meant.
    static bool AllowsCopies(QueryOptions options, TableRoute route) => options.Consistency.AllowsStandby || !route.HasOwner;

    ReadAttempts Attempts(string table, QueryOptions options, CancellationToken cancellation) =>
        new(_router, table, options.Timeout ?? _timeout, _time, cancellation);
}
