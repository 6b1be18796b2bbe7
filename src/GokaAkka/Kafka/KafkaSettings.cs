namespace GokaAkka.Kafka;

/// <summary>How a cluster is reached: the settings under <c>goka.kafka</c>.</summary>
public sealed record KafkaSettings
{
    /// <summary>Where the cluster is.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>Prefix of client ids.</summary>
    public required string ClientId { get; init; }

    /// <summary>How long a question waits for a broker.</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>The control port of an embedded broker, or empty.</summary>
    public required string EmbeddedControl { get; init; }

    /// <summary>Replicas of topics made here; null for the broker's default.</summary>
    public required int? ReplicationFactor { get; init; }

    /// <summary>How long records of loops made here are kept; null for the broker's default.</summary>
    public required TimeSpan? LoopRetention { get; init; }

    /// <summary>How long records of dead letter topics made here are kept; null for the broker's default.</summary>
    public required TimeSpan? DeadLetterRetention { get; init; }

    /// <summary>What to do about topics that are not as they should be.</summary>
    public required MismatchPolicy OnMismatch { get; init; }

    /// <summary>Whether missing table and loop topics are made.</summary>
    public required bool CreateTopics { get; init; }

    /// <summary>What reads tables: <c>consumer</c>, or the full name of an <see cref="ITableReaderProvider"/>.</summary>
    public string TableReader { get; init; } = "consumer";

    /// <summary>Native settings that weaken a guarantee and are allowed to, a sentence each.</summary>
    public IReadOnlyList<string> Unsafe { get; init; } = [];

    /// <summary>Native settings of all clients.</summary>
    public required IReadOnlyDictionary<string, string> Client { get; init; }

    /// <summary>Native settings of group consumers.</summary>
    public required IReadOnlyDictionary<string, string> Consumer { get; init; }

    /// <summary>Native settings of table readers.</summary>
    public required IReadOnlyDictionary<string, string> TableConsumer { get; init; }

    /// <summary>Native settings of producers.</summary>
    public required IReadOnlyDictionary<string, string> Producer { get; init; }
}
