using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace GokaAkka.Bench;

/// <summary>The records a scenario reads: the same for every run with the same figures.</summary>
static class Dataset
{
    // The embedded broker keeps 5 MB of a partition, and the client's batches have heads.
    const double RoomPerPartition = 4.8 * 1024 * 1024;
    const int Overhead = 8;
    const int KeyLength = 10;

    /// <summary>As many of the scenario's records as the embedded broker keeps.</summary>
    public static int Fitting(Scenario scenario) =>
        (int)Math.Min(scenario.Records, Math.Min(Room(scenario), scenario.Beside() is { } beside ? Room(beside) : double.MaxValue));

    // Keys do not spread evenly, the fewer the less: the fullest partition has to fit.
    static double Room(Scenario s) =>
        s.Partitions * RoomPerPartition / (1 + (3 / Math.Sqrt((double)s.Keys / s.Partitions))) / (s.ValueSize + KeyLength + Overhead);

    /// <summary>The topic's name. It ends as a group table's does, so that restores and views can read it.</summary>
    public static string Topic(Scenario s) => string.Create(
        CultureInfo.InvariantCulture, $"bench-{s.Partitions}p-{s.Keys}k-{s.ValueSize}b-{s.Records}-table");

    public static string Group(Scenario s) => Topic(s)[..^"-table".Length];

    /// <summary>A key of the data set, by its number.</summary>
    public static byte[] Key(int number) => Encoding.ASCII.GetBytes(number.ToString("'key'0000000", CultureInfo.InvariantCulture));

    /// <summary>The number of the key of a record: every key once where there are no more records than keys, else at random.</summary>
    public static int KeyOf(Scenario s, int record)
    {
        const long Prime = 1_000_003;
        if (s.Records <= s.Keys)
            return (int)(record * Prime % s.Keys);
        var x = (ulong)record * 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return (int)((x ^ (x >> 31)) % (ulong)s.Keys);
    }

    /// <summary>Writes the records, each to the partition of its key.</summary>
    public static void Fill(Scenario s, BrokerAddress broker)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = broker.Bootstrap, Acks = Acks.All, LingerMs = 50, BatchSize = 900_000, BatchNumMessages = 10_000,
            QueueBufferingMaxMessages = 200_000,
        };
        Exception? failure = null;
        using var producer = new ProducerBuilder<byte[], byte[]>(config).SetLogHandler(static (_, _) => { }).Build();
        var topic = Topic(s);
        var random = new Random(17);
        for (var i = 0; i < s.Records; i++)
        {
            var value = new byte[s.ValueSize];
            random.NextBytes(value);
            var message = new Message<byte[], byte[]> { Key = Key(KeyOf(s, i)), Value = value };
            var target = new TopicPartition(topic, Kafka.Partitioners.Fnv1a.Partition(message.Key, s.Partitions));
            while (!TryProduce(producer, target, message, r => failure = r.Error.IsError ? new KafkaException(r.Error) : failure))
                producer.Poll(TimeSpan.FromMilliseconds(5));
        }

        producer.Flush();
        if (failure is not null)
            throw new InvalidOperationException($"The records of {topic} could not be written: {failure.Message}", failure);
    }

    static bool TryProduce(
        IProducer<byte[], byte[]> producer, TopicPartition target, Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>> handler)
    {
        try
        {
            producer.Produce(target, message, handler);
            return true;
        }
        catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
        {
            return false;
        }
    }
}
