using Akka.Configuration;

namespace GokaAkka.Actors;

/// <summary>Reads <c>goka.kafka</c>.</summary>
static class KafkaSettingsReader
{
    /// <exception cref="ConfigurationException">A native setting would break what GokaAkka relies on; the message has a line for each.</exception>
    public static KafkaSettings Read(SettingsSection kafka) => Checked(kafka, new()
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
    });

    static KafkaSettings Checked(SettingsSection kafka, KafkaSettings settings)
    {
        var (problems, allowed) = (new List<string>(), new List<string>());
        var all = new[]
        {
            ("client", settings.Client), ("consumer", settings.Consumer), ("table-consumer", settings.TableConsumer), ("producer", settings.Producer),
        };
        foreach (var (section, native) in all)
        {
            foreach (var (name, value) in native)
            {
                if (NativeSettingRules.Problem(name, value, out var isWeakening) is { } problem)
                    (isWeakening && kafka.Flag("allow-unsafe") ? allowed : problems).Add($"{kafka.Name(kafka.Full($"{section}.{name}"))} = '{value}': {problem}");
            }
        }

        return problems.Count == 0 ? settings with { Unsafe = allowed } : throw new ConfigurationException(string.Join('\n', problems));
    }
}
