namespace GokaAkka.Queries;

/// <summary>Read from a partition of a table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Partition">The partition.</param>
/// <param name="TableOffset">What is read has to show everything before it.</param>
/// <param name="AllowsCopies">Whether standbys and views may be read.</param>
abstract record ReadRequest(string Table, int Partition, long TableOffset, bool AllowsCopies) : IWireMessage;

/// <summary>Read a key.</summary>
sealed record ReadKey(string Table, int Partition, long TableOffset, bool AllowsCopies, ReadOnlyMemory<byte> Key)
    : ReadRequest(Table, Partition, TableOffset, AllowsCopies);

/// <summary>Read the first keys of a range, as many as both bounds allow, at least one.</summary>
sealed record ReadRange(string Table, int Partition, long TableOffset, bool AllowsCopies, KeyRange Range, int MaxEntries, int MaxBytes)
    : ReadRequest(Table, Partition, TableOffset, AllowsCopies);

/// <summary>The answer to a <see cref="ReadRequest"/>.</summary>
abstract record ReadReply : IWireMessage;

/// <summary>What the table has for the key.</summary>
sealed record KeyRead(byte[]? Value, ReadStamp Stamp) : ReadReply;

/// <summary>Keys of the range, in order.</summary>
/// <param name="Entries">The keys.</param>
/// <param name="IsLast">Whether the range has no more.</param>
/// <param name="Stamp">Where they were read.</param>
sealed record RangeRead(IReadOnlyList<TableEntry> Entries, bool IsLast, ReadStamp Stamp) : ReadReply;

/// <summary>Not read. It may be later, or elsewhere.</summary>
/// <param name="Failure">Why.</param>
/// <param name="Node">The node that says so.</param>
/// <param name="Reason">The same for people: the rest of a sentence that begins with the table and the partition.</param>
sealed record ReadRefused(QueryFailure Failure, string Node, string Reason) : ReadReply
{
    /// <summary>The node that has the partition, as far as the one that says so knows; null where it knows none but itself.</summary>
    public string? Owner { get; init; }

    /// <summary>The group's generation under which it has it.</summary>
    public int Generation { get; init; } = -1;
}
