namespace GokaAkka.Testing;

/// <summary>How an <see cref="EmbeddedBroker"/> is set up.</summary>
public sealed record EmbeddedBrokerOptions
{
    /// <summary>Number of brokers in the cluster, 1 to 100. Each has a port of its own; they are numbered from 1.</summary>
    public int Brokers { get; init; } = 1;

    /// <summary>
    /// Takes what the broker has to say, such as requests it does not know, one line each; null to drop it. Called on the broker's own
    /// threads: it must not wait for the broker.
    /// </summary>
    public Action<string>? Log { get; init; }
}
