namespace GokaAkka.Testing.Simulation;

/// <summary>What a record has to cause before its offset may be committed.</summary>
[Flags]
enum Effects
{
    None = 0,
    Table = 1,
    Emit = 2,
    Loop = 4,
    Deferred = 8,
    PassedOver = 16,
}

/// <summary>An input record and what has become of it so far, as the brokers and the callbacks saw it.</summary>
sealed class Fate(int source, int partition, long offset, int key, SimOp op)
{
    public int Source { get; } = source;

    public int Partition { get; } = partition;

    public long Offset { get; } = offset;

    public int Key { get; } = key;

    public int Id => Op.Id;

    public SimOp Op { get; } = op;

    /// <summary>What it has to cause.</summary>
    public Effects Needs { get; } = op.Kind switch
    {
        OpKind.Apply or OpKind.Delete or OpKind.FailsAtFirst => Effects.Table | Effects.Emit,
        OpKind.ApplyAndLoop => Effects.Table | Effects.Emit | Effects.Loop,
        OpKind.ApplyDeferred => Effects.Table | Effects.Emit | Effects.Deferred,
        OpKind.AlwaysFails or OpKind.Undecodable => Effects.PassedOver,
        _ => Effects.None,
    };

    /// <summary>What it has caused for good.</summary>
    public Effects Has { get; set; }

    /// <summary>Whether its input has passed it over once, so that it may or may not have had its effects.</summary>
    public bool IsOptional { get; set; }

    /// <summary>Whether something it caused was refused by the brokers: what it causes when it is read again comes behind what followed it.</summary>
    public bool WasRefused { get; set; }

    /// <summary>How often its callback has failed.</summary>
    public int Failures { get; set; }

    /// <summary>Whether its offset may be committed.</summary>
    public bool IsDone => (IsOptional && (Has & Effects.PassedOver) != 0) || (Needs & ~Has) == 0;

    /// <summary>Whether its key's state has to show it.</summary>
    public bool IsApplied => !IsOptional && (Needs & Effects.Table) != 0 && Op.Kind != OpKind.Delete;

    /// <summary>Whether the output has to have it.</summary>
    public bool IsEmitted => !IsOptional && (Needs & Effects.Emit) != 0;

    public override string ToString() =>
        $"{Op.Kind} {Names.Inputs[Source]}[{Partition}]@{Offset} (key {Key}, number {Id}; has caused {Has} of {Needs})";
}
