namespace GokaAkka.Queries;

/// <summary>Knows where tables are and brings requests there. Safe for concurrent use.</summary>
interface IReadRouter
{
    /// <summary>The most bytes of keys and values that one answer to a range should have.</summary>
    int PieceBytes { get; }

    /// <summary>What is known of a table now; without partitions where that is nothing.</summary>
    TableRoute Find(string table);

    /// <summary>What is to be said when a table is not known within the time.</summary>
    QueryException Unknown(string table);

    /// <summary>
    /// Has a request answered where the partition is, once. The answer is a refusal where nobody has it now, or nobody answered within the time.
    /// </summary>
    ValueTask<ReadReply> Read(ReadRequest request, TimeSpan within, CancellationToken cancellation);
}

/// <summary>What has to be known of a table to read it.</summary>
/// <param name="Partitions">The number of partitions; 0 while it is not known.</param>
/// <param name="Partitioner">Where its writers put its keys.</param>
/// <param name="HasOwner">Whether a group is known that writes it; a view is all there is otherwise.</param>
readonly record struct TableRoute(int Partitions, IPartitioner Partitioner, bool HasOwner)
{
    /// <summary>Nobody knows the table, and how long that may have to be so until it is believed.</summary>
    public static TableRoute Nowhere(TimeSpan grace) => new() { Grace = grace };

    /// <summary>The table is there, and its holder does not know its partitions yet.</summary>
    public static TableRoute Starting { get; } = new() { Grace = TimeSpan.MaxValue };

    /// <summary>How long to ask for a table without partitions, within the time of the read.</summary>
    public TimeSpan Grace { get; init; }
}

/// <summary>The router of a node without a cluster: what is not here is nowhere.</summary>
sealed class LocalRouter(LocalReader reader, LocalTableBoard board) : IReadRouter
{
    public int PieceBytes => 1 << 20;

    public TableRoute Find(string table)
    {
        var tables = board.Find(table);
        return tables.IsEmpty
            ? TableRoute.Nowhere(TimeSpan.Zero)
            : new TableRoute(tables[0].Tables.Count, tables[0].Tables.Partitioner, tables[0].Source != ReadSource.View) { Grace = TimeSpan.MaxValue };
    }

    public QueryException Unknown(string table)
    {
        if (board.Find(table) is [var holder, ..])
        {
            return new QueryException(QueryFailure.NotRestored, table, -1, reader.Node,
                $"Table '{table}' cannot be read yet: {holder.Holder} is {holder.State()} and does not know its partitions. Wait for it to be ready.");
        }

        return new QueryException(QueryFailure.UnknownTable, table, -1, reader.Node,
            $"Table '{table}' is not known on node {reader.Node}: no processor here has it as its group table, and no view is of it. "
            + (board.All.Any() ? $"Known are {string.Join(", ", board.All.Select(t => t.Name).Distinct().Order(StringComparer.Ordinal))}." : "There is none at all."));
    }

    public ValueTask<ReadReply> Read(ReadRequest request, TimeSpan within, CancellationToken cancellation) => new(reader.Read(request));
}
