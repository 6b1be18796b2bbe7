using Akka.Configuration;
using GokaAkka.Kafka;

namespace GokaAkka.Actors;

/// <summary>Reads <c>goka.kafka</c>.</summary>
static class KafkaSettingsReader
{
    public static KafkaSettings Read(Config kafka) => new()
    {
        BootstrapServers = kafka.GetString("bootstrap-servers"),
        ClientId = kafka.GetString("client-id"),
        ConnectTimeout = kafka.GetTimeSpan("connect-timeout"),
        EmbeddedControl = kafka.GetString("embedded-control"),
        ReplicationFactor = kafka.GetInt("replication-factor") is var n and > 0 ? n : null,
        LoopRetention = kafka.GetTimeSpan("loop-retention") is var kept && kept > TimeSpan.Zero ? kept : null,
        OnMismatch = GokaSettings.Choice(
            kafka, "on-mismatch", "goka.kafka.on-mismatch",
            ("fail", MismatchPolicy.Fail), ("warn", MismatchPolicy.Warn), ("ignore", MismatchPolicy.Ignore)),
        CreateTopics = kafka.GetBoolean("create-topics"),
        Client = Native(kafka, "client"),
        Consumer = Native(kafka, "consumer"),
        TableConsumer = Native(kafka, "table-consumer"),
        Producer = Native(kafka, "producer"),
    };

    // The native client's keys have dots in them, which HOCON reads as nested objects: joined again here.
    static Dictionary<string, string> Native(Config kafka, string path)
    {
        var settings = new Dictionary<string, string>();
        if (kafka.GetConfig(path) is { IsEmpty: false } section)
            Flatten(section, "", settings);
        return settings;
    }

    static void Flatten(Config section, string prefix, Dictionary<string, string> settings)
    {
        foreach (var (key, value) in section.AsEnumerable())
        {
            if (value.IsObject())
                Flatten(section.GetConfig(Quoted(key)), prefix + key + ".", settings);
            else
                settings[prefix + key] = value.GetString();
        }
    }

    static string Quoted(string key) => key.Contains('.') ? $"\"{key}\"" : key;
}
