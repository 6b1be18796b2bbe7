using Confluent.Kafka.Admin;
using GokaAkka.Integration.Tests.Broker;

namespace GokaAkka.Integration.Tests.Faults;

/// <summary>Topics and a group of one trial on three brokers. Its topics stay: they go with the brokers.</summary>
sealed class FaultCluster(string bootstrap)
{
    public const int Partitions = 6;

    /// <summary>The members' session in seconds.</summary>
    public const int Session = 6;

    public string Bootstrap => bootstrap;

    public string Group { get; } = "outages-" + Guid.NewGuid().ToString("N")[..8];

    public string Topic => Group + "-in";

    public string Out => Group + "-out";

    public string Table => Group + "-table";

    /// <summary>What a worker is told of it.</summary>
    public string[] Arguments => ["--bootstrap", Bootstrap, "--group", Group, "--topic", Topic, "--out", Out];

    /// <summary>The members' HOCON: the defaults but for the session, of which outages are to be longer.</summary>
    public string Config => $"goka.kafka.consumer {{ session.timeout.ms = {Session * 1000}, heartbeat.interval.ms = 1000 }}";

    /// <summary>Makes the topics; the table's as well where its segments are to have a size of their own, else the workers make it.</summary>
    public static async Task<FaultCluster> On(string bootstrap, int? tableSegmentBytes = null)
    {
        var cluster = new FaultCluster(bootstrap);
        using var admin = Clients.Admin(bootstrap);
        var topics = new[] { cluster.Topic, cluster.Out }.Select(static t => Specification(t)).ToList();
        if (tableSegmentBytes is { } size)
            topics.Add(Specification(cluster.Table, new() { ["cleanup.policy"] = "compact", ["segment.bytes"] = size.ToString(CultureInfo.InvariantCulture) }));
        await admin.CreateTopicsAsync(topics);
        return cluster;
    }

    static TopicSpecification Specification(string name, Dictionary<string, string>? settings = null) =>
        new() { Name = name, NumPartitions = Partitions, ReplicationFactor = 3, Configs = settings };
}
