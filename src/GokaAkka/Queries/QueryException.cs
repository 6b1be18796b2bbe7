namespace GokaAkka.Queries;

/// <summary>Why a table could not be read.</summary>
public enum QueryFailure
{
    /// <summary>No group and no view that is known has a table of that name.</summary>
    UnknownTable,

    /// <summary>The group has no running processor that would have the partition.</summary>
    NotRunning,

    /// <summary>The partition is moving between nodes, being restored or starting again.</summary>
    NotRestored,

    /// <summary>What was read did not show the offset that was asked for.</summary>
    Behind,

    /// <summary>The node that has the partition did not answer.</summary>
    TimedOut,

    /// <summary>The store could not be read.</summary>
    Failed,
}

/// <summary>A table could not be read within the time-out. The message says which part of it, on which node, and what to do.</summary>
public sealed class QueryException : Exception
{
    internal QueryException(QueryFailure failure, string table, int partition, string? node, string message, Exception? cause = null)
        : base(message, cause)
    {
        Failure = failure;
        Table = table;
        Partition = partition;
        Node = node;
    }

    /// <summary>Why.</summary>
    public QueryFailure Failure { get; }

    /// <summary>The table.</summary>
    public string Table { get; }

    /// <summary>The partition, or -1 where it is not one partition's fault.</summary>
    public int Partition { get; }

    /// <summary>The node that was asked last; null where none was.</summary>
    public string? Node { get; }
}
