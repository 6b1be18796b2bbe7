namespace GokaAkka.Tables;

/// <summary>The tables of others that a partition's callbacks read.</summary>
sealed class TableSet
{
    public static readonly TableSet Empty = new();

    /// <summary>Joined tables by topic: this partition of each.</summary>
    public Dictionary<string, PartitionTable> Joins { get; } = [];

    /// <summary>Looked-up tables by topic: all partitions of each.</summary>
    public Dictionary<string, LocalTables> Lookups { get; } = [];

    /// <exception cref="InvalidOperationException">There is no such join, or it is one of another type.</exception>
    public PartitionTable<T> Join<T>(string group, string topic) => Joins.GetValueOrDefault(topic) switch
    {
        PartitionTable<T> table => table,
        null => throw new InvalidOperationException($"Table '{topic}' is not joined by group '{group}'; add Join(\"{topic}\", …) to its graph."),
        var other => throw WrongType<T>(topic, other),
    };

    /// <exception cref="InvalidOperationException">There is no such lookup, or it is one of another type.</exception>
    public LocalTables<T> Lookup<T>(string group, string topic) => Lookups.GetValueOrDefault(topic) switch
    {
        LocalTables<T> tables => tables,
        null => throw new InvalidOperationException($"Table '{topic}' is not looked up by group '{group}'; add Lookup(\"{topic}\", …) to its graph."),
        var other => throw WrongType<T>(topic, other),
    };

    static InvalidOperationException WrongType<T>(string topic, object table) => new(
        $"Table '{topic}' holds values of type {TypeNames.Short(table.GetType().GetGenericArguments()[0])}, not {TypeNames.Short(typeof(T))}.");
}
