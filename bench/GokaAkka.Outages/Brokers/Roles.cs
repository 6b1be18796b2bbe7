using Confluent.Kafka;
using GokaAkka.Integration.Tests.Broker;

namespace GokaAkka.Outages.Brokers;

/// <summary>Which broker does what at the moment, by its id.</summary>
static class Roles
{
    /// <summary>The transactional id of the first worker, so that its coordinator can be told.</summary>
    public const string TransactionalId = "outages-first-worker";

    public static async Task<int> GroupCoordinator(FaultCluster cluster)
    {
        using var admin = Clients.Admin(cluster.Bootstrap);
        return (await admin.DescribeConsumerGroupsAsync([cluster.Group])).ConsumerGroupDescriptions.Single().Coordinator.Id;
    }

    public static int TransactionCoordinator(FaultCluster cluster)
    {
        // Java's hash of the id names the partition of the brokers' own topic whose leader coordinates it.
        var hash = TransactionalId.Aggregate(0, static (hash, c) => unchecked((31 * hash) + c)) & int.MaxValue;
        using var admin = Clients.Admin(cluster.Bootstrap);
        var transactions = admin.GetMetadata("__transaction_state", Clients.Deadline).Topics.Single().Partitions;
        return transactions.Single(p => p.PartitionId == hash % transactions.Count).Leader;
    }

    public static List<(string Topic, PartitionMetadata Partition)> Partitions(string bootstrap, params string[] topics)
    {
        using var admin = Clients.Admin(bootstrap);
        return [.. admin.GetMetadata(Clients.Deadline).Topics.Where(t => topics.Contains(t.Topic)).SelectMany(t => t.Partitions.Select(p => (t.Topic, p)))];
    }
}
