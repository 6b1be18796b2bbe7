using Confluent.Kafka;
using TopicPartitionOffset = Confluent.Kafka.TopicPartitionOffset;

namespace GokaAkka.Integration.Tests.Broker;

/// <summary>Plain Confluent.Kafka clients, as any program would make them, and waits with a deadline.</summary>
static class Clients
{
    /// <summary>
    /// Milliseconds of <c>session.timeout.ms</c>: a rebalance on the embedded broker takes one second less, so that this leaves a busy machine
    /// a second to join again in.
    /// </summary>
    public const int Session = 2000;

    /// <summary>Milliseconds of <c>heartbeat.interval.ms</c>: how soon a member knows of a rebalance.</summary>
    public const int Heartbeat = 100;

    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static IProducer<byte[], byte[]> Producer(string bootstrapServers, Action<Error>? onError = null, bool retries = true) =>
        new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            EnableIdempotence = retries,
            MessageSendMaxRetries = retries ? null : 0,
            LingerMs = 0,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 200,
        }).SetErrorHandler((_, error) => onError?.Invoke(error)).SetLogHandler(static (_, _) => { }).Build();

    public static IConsumer<byte[], byte[]> Consumer(string bootstrapServers, string group, GroupProtocol protocol = GroupProtocol.Classic) =>
        new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = group,
            GroupProtocol = protocol,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            FetchWaitMaxMs = 10,
            SessionTimeoutMs = protocol == GroupProtocol.Classic ? Session : null,
            HeartbeatIntervalMs = protocol == GroupProtocol.Classic ? Heartbeat : null,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 200,
        }).SetLogHandler(static (_, _) => { }).Build();

    public static IAdminClient Admin(string bootstrapServers) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).SetLogHandler(static (_, _) => { }).Build();

    public static Message<byte[], byte[]> Message(string key, string? value) =>
        new() { Key = Bytes(key)!, Value = Bytes(value)! };

    public static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    public static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);

    /// <summary>Reads partition 0 of a topic from its start, until so many records are there.</summary>
    public static List<ConsumeResult<byte[], byte[]>> Read(string bootstrapServers, string topic, int count)
    {
        using var consumer = Consumer(bootstrapServers, "reader");
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        var clock = Stopwatch.StartNew();
        while (records.Count < count && clock.Elapsed < Deadline)
        {
            if (consumer.Consume(100) is { } record)
                records.Add(record);
        }

        records.Count.ShouldBe(count, $"records of {topic}[0] within {Deadline}");
        return records;
    }

    /// <summary>All records of a topic up to the ends of its partitions.</summary>
    public static IReadOnlyList<ConsumeResult<byte[], byte[]>> ReadToEnd(
        string bootstrapServers, string topic, int partitions, IsolationLevel isolation = IsolationLevel.ReadCommitted)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers, GroupId = "reader", IsolationLevel = isolation, EnableAutoCommit = false, EnablePartitionEof = true,
            AutoOffsetReset = AutoOffsetReset.Earliest, FetchWaitMaxMs = 20,
        }).SetLogHandler(static (_, _) => { }).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        var ended = new HashSet<int>();
        var clock = Stopwatch.StartNew();
        while (ended.Count < partitions)
        {
            clock.Elapsed.ShouldBeLessThan(Deadline, $"reading {topic} to its end");
            if (consumer.Consume(Deadline) is not { } result)
                continue;
            if (result.IsPartitionEOF)
                ended.Add(result.Partition.Value);
            else
                records.Add(result);
        }

        return records;
    }

    public static int LeaderOf(string bootstrapServers, string topic, int partition)
    {
        using var admin = Admin(bootstrapServers);
        return admin.GetMetadata(Deadline).Topics.Single(t => t.Topic == topic).Partitions.Single(p => p.PartitionId == partition).Leader;
    }
}
