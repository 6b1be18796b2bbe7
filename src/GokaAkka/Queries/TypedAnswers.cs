namespace GokaAkka.Queries;

/// <summary>What a table has for a key.</summary>
/// <typeparam name="T">The type of the table's values.</typeparam>
public sealed record Answer<T>
{
    /// <summary>Whether the table has the key.</summary>
    public required bool Found { get; init; }

    /// <summary>The value; the type's default where there is none.</summary>
    public T? Value { get; init; }

    /// <summary>Where it was read.</summary>
    public required ReadStamp Stamp { get; init; }
}

/// <summary>A part of a table.</summary>
/// <typeparam name="T">The type of the table's values.</typeparam>
public sealed record Page<T>
{
    /// <inheritdoc cref="TablePage.Entries"/>
    public required IReadOnlyList<KeyValuePair<Key, T>> Entries { get; init; }

    /// <inheritdoc cref="TablePage.Continuation"/>
    public string? Continuation { get; init; }

    /// <inheritdoc cref="TablePage.Stamps"/>
    public required IReadOnlyList<ReadStamp> Stamps { get; init; }
}
