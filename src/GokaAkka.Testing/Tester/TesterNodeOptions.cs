namespace GokaAkka.Testing;

/// <summary>What of a tester's node can be said beside its graph and its <see cref="Actors.ProcessorOptions"/>.</summary>
public sealed record TesterNodeOptions
{
    /// <summary>The node's name; counted, "node-1", by default.</summary>
    public string? Name { get; init; }

    /// <summary>The node's local stores. By default they are in memory and kept, as a disk is, when the node crashes or stops and is started again.</summary>
    public IStorageProvider? Storage { get; init; }
}
