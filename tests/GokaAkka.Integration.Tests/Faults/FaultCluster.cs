using Confluent.Kafka;
using GokaAkka.Kafka.Confluent;

namespace GokaAkka.Integration.Tests.Faults;

/// <summary>Where a fault test runs: a <c>goka broker</c> of its own, or real brokers, there with topics of its own that are removed at the end.</summary>
sealed class FaultCluster : IAsyncDisposable
{
    public const int Partitions = 6;

    // Real brokers refuse sessions below 6 s.
    static readonly string EmbeddedClients = $$"""
        goka.kafka {
          consumer { session.timeout.ms = {{Clients.Session}}, heartbeat.interval.ms = {{Clients.Heartbeat}}, fetch.wait.max.ms = 20 }
          table-consumer.fetch.wait.max.ms = 20
        }
        goka.table.flush-interval = 1s
        """;

    const string RealClients = """
        goka.kafka.consumer { session.timeout.ms = 6000, heartbeat.interval.ms = 1000 }
        goka.table.flush-interval = 1s
        """;

    readonly IDisposable? _broker;
    readonly string _control;

    FaultCluster(string bootstrap, string control, IDisposable? broker)
    {
        _broker = broker;
        _control = control;
        Bootstrap = bootstrap;
        Group = "faults-" + Guid.NewGuid().ToString("N")[..8];
        Topic = Group + "-in";
        Out = Group + "-out";
        Table = Group + "-table";
    }

    public string Bootstrap { get; }

    public string Group { get; }

    /// <summary>What the workers read.</summary>
    public string Topic { get; }

    /// <summary>What the workers emit.</summary>
    public string Out { get; }

    /// <summary>The workers' table.</summary>
    public string Table { get; }

    /// <summary>What a worker is told of it.</summary>
    public string[] Arguments => ["--bootstrap", Bootstrap, "--control", _control, "--group", Group, "--topic", Topic, "--out", Out];

    /// <summary>HOCON for its clients.</summary>
    public string Config => _broker is null ? RealClients : EmbeddedClients;

    public static async Task<FaultCluster> Start()
    {
        if (RealBrokers.Bootstrap is { } bootstrap)
            return await On(bootstrap);
        var broker = await StandaloneBroker.Start();
        return await Prepared(new FaultCluster(broker.Address, broker.Control, broker));
    }

    /// <summary>On real brokers.</summary>
    public static Task<FaultCluster> On(string bootstrap) => Prepared(new FaultCluster(bootstrap, "", null));

    /// <summary>On a broker in this process, which can be told to fail. It is the cluster's to dispose.</summary>
    public static Task<FaultCluster> Start(EmbeddedBroker broker) =>
        Prepared(new FaultCluster(broker.BootstrapServers, broker.ControlAddress, broker));

    /// <summary>The group's committed offsets of the input; 0 for partitions without one.</summary>
    public long[] Committed()
    {
        using var consumer = Clients.Consumer(Bootstrap, Group);
        var found = consumer.Committed(
            Enumerable.Range(0, Partitions).Select(p => new global::Confluent.Kafka.TopicPartition(Topic, p)), Clients.Deadline);
        return [.. found.OrderBy(o => o.Partition.Value).Select(o => Math.Max(0, o.Offset.Value))];
    }

    /// <summary>How far each topic has come, and the group: what a test that waits in vain has to show.</summary>
    public override string ToString()
    {
        using var consumer = Clients.Consumer(Bootstrap, Group + "-ends");
        var ends = new[] { Topic, Out, Table }.Select(topic => $"{topic} ends at {string.Join(' ', Enumerable.Range(0, Partitions).Select(p => EndOf(topic, p)))}");
        return string.Join('\n', [.. ends, $"{Group} has committed {string.Join(' ', Committed())}"]);

        string EndOf(string topic, int partition)
        {
            try
            {
                return $"{consumer.QueryWatermarkOffsets(new global::Confluent.Kafka.TopicPartition(topic, partition), Clients.Deadline).High}";
            }
            catch (KafkaException e)
            {
                return e.Error.Code.ToString();
            }
        }
    }

    static async Task<FaultCluster> Prepared(FaultCluster cluster)
    {
        try
        {
            using var topics = new ConfluentKafkaClient(StandaloneBroker.Settings(cluster.Bootstrap, cluster._control)).CreateTopicManager();
            foreach (var topic in new[] { cluster.Topic, cluster.Out })
                await topics.Create(new TopicSpec(topic, Partitions));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
        {
            _broker.Dispose();
            return;
        }

        using var admin = Clients.Admin(Bootstrap);
        try
        {
            await admin.DeleteTopicsAsync([Topic, Out, Table]);
        }
        catch (global::Confluent.Kafka.Admin.DeleteTopicsException e) when (
            e.Results.All(r => r.Error.Code is ErrorCode.NoError or ErrorCode.UnknownTopicOrPart))
        {
            // The test ended before one of them was made.
        }
    }
}
