namespace GokaAkka.RealKafka.Brokers;

/// <summary>A test that stops brokers, which have to be its own.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class OwnBrokersFactAttribute : FactAttribute
{
    public OwnBrokersFactAttribute() => Skip = OwnBrokers.Missing;
}

/// <inheritdoc cref="OwnBrokersFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
sealed class OwnBrokersTheoryAttribute : TheoryAttribute
{
    public OwnBrokersTheoryAttribute() => Skip = OwnBrokers.Missing;
}

static class OwnBrokers
{
    public static string? Missing { get; } =
        KafkaHome.Folder is null ? $"It stops brokers, and those that {KafkaRun.Variable} names are not its own: set {KafkaHome.Variable} as well." : null;
}
