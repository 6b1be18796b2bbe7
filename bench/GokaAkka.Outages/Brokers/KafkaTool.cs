using System.Text.Json;
using Confluent.Kafka;

namespace GokaAkka.Outages.Brokers;

/// <summary>Kafka's own tools, for what clients have no call for.</summary>
static class KafkaTool
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    /// <summary>Gives partitions other replicas, the preferred leader first, and waits until they have them.</summary>
    public static async Task Reassign(KafkaCluster brokers, string[] topics, Func<PartitionMetadata, int[]> replicas)
    {
        var wanted = Roles.Partitions(brokers.Bootstrap, topics).ConvertAll(p => new { topic = p.Topic, partition = p.Partition.PartitionId, replicas = replicas(p.Partition) });
        using var files = new TemporaryDirectory();
        await File.WriteAllTextAsync(files["plan"], JsonSerializer.Serialize(new { version = 1, partitions = wanted }));
        await Run("org.apache.kafka.tools.reassign.ReassignPartitionsCommand", "--bootstrap-server", brokers.Bootstrap, "--reassignment-json-file", files["plan"], "--execute");
        await Eventually.Holds(
            () => Task.FromResult(Roles.Partitions(brokers.Bootstrap, topics).All(p => p.Partition.InSyncReplicas.Order().SequenceEqual(
                wanted.Single(w => w.topic == p.Topic && w.partition == p.Partition.PartitionId).replicas.Order()))),
            () => "partitions do not have the replicas that they were assigned");
    }

    /// <summary>Has every partition led by its preferred leader.</summary>
    public static Task ElectPreferred(KafkaCluster brokers) =>
        Run("org.apache.kafka.tools.LeaderElectionCommand", "--bootstrap-server", brokers.Bootstrap, "--election-type", "preferred", "--all-topic-partitions");

    static async Task Run(string main, params string[] arguments)
    {
        using var tool = Process.Start(new ProcessStartInfo(KafkaHome.Java, KafkaHome.Run(main, arguments)) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await Task.WhenAll(tool.StandardOutput.ReadToEndAsync(), tool.StandardError.ReadToEndAsync()).WaitAsync(Deadline);
        await tool.WaitForExitAsync();
        if (tool.ExitCode != 0)
            throw new InvalidOperationException($"{main} ended with {tool.ExitCode}:\n{string.Join('\n', output)}");
    }
}
