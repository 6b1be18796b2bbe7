namespace GokaAkka.Testing.Simulation;

/// <summary>A partition on a node from its start to its end.</summary>
/// <param name="status">What its actor tells of it.</param>
/// <param name="number">A number that no other life of any partition has.</param>
sealed class PartitionLife(PartitionStatus status, int number)
{
    public int Partition => status.Partition;

    /// <inheritdoc cref="PartitionLife"/>
    public int Number => number;

    public PartitionTable<SimState> Table => (PartitionTable<SimState>)status.Table!;

    /// <summary>Where its changelog ended when it asked; null before.</summary>
    public long? RestoreEnd { get; set; }

    /// <summary>How often the brokers had lost records of the table by then.</summary>
    public int TablesLost { get; set; }

    /// <summary>What is known of the joined table, by key.</summary>
    public long[] Joined { get; } = new long[Names.Keys];

    /// <summary>The table as it was when it was restored, by key; null before anybody looked.</summary>
    public byte[]?[]? Restored { get; set; }
}
