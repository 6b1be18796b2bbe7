using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using GokaAkka.FaultWorker;
using GokaAkka.Integration.Tests.Broker;

namespace GokaAkka.Integration.Tests.Faults;

/// <summary>A group's table as its topic has it: the last value of each key, read_committed, without any of the library's own reading.</summary>
static class TableFold
{
    public static IReadOnlyDictionary<string, Tally> Read(FaultCluster cluster)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = cluster.Bootstrap,
            GroupId = cluster.Group + "-fold",
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            FetchWaitMaxMs = 20,
        }).SetLogHandler(static (_, _) => { }).Build();
        consumer.Assign(Enumerable.Range(0, FaultCluster.Partitions)
            .Select(p => new TopicPartitionOffset(cluster.Table, p, Offset.Beginning)));
        var table = new Dictionary<string, Tally>();
        var ended = new HashSet<int>();
        var clock = Stopwatch.StartNew();
        while (ended.Count < FaultCluster.Partitions)
        {
            clock.Elapsed.ShouldBeLessThan(Clients.Deadline, $"reading {cluster.Table} to its end");
            if (consumer.Consume(Clients.Deadline) is not { } result)
                continue;
            if (result.IsPartitionEOF)
                ended.Add(result.Partition.Value);
            else
                table[Encoding.UTF8.GetString(result.Message.Key)] = Tally.Codec.Decode(result.Message.Value);
        }

        return table;
    }
}
