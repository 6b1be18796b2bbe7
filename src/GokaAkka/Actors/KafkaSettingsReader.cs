using GokaAkka.Kafka;

namespace GokaAkka.Actors;

/// <summary>Reads <c>goka.kafka</c>.</summary>
static class KafkaSettingsReader
{
    public static KafkaSettings Read(SettingsSection kafka) => new()
    {
        BootstrapServers = kafka.Text("bootstrap-servers"),
        ClientId = kafka.Text("client-id"),
        ConnectTimeout = kafka.Duration("connect-timeout"),
        EmbeddedControl = kafka.Text("embedded-control"),
        ReplicationFactor = kafka.Number("replication-factor", 0) is var n and > 0 ? n : null,
        LoopRetention = kafka.DurationOrNone("loop-retention"),
        DeadLetterRetention = kafka.DurationOrNone("dead-letter-retention"),
        OnMismatch = kafka.Choice("on-mismatch", ("fail", MismatchPolicy.Fail), ("warn", MismatchPolicy.Warn), ("ignore", MismatchPolicy.Ignore)),
        CreateTopics = kafka.Flag("create-topics"),
        TableReader = kafka.Text("table-reader"),
        Client = kafka.Native("client"),
        Consumer = kafka.Native("consumer"),
        TableConsumer = kafka.Native("table-consumer"),
        Producer = kafka.Native("producer"),
    };
}
