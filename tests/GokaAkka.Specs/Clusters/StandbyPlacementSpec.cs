namespace GokaAkka.Specs.Clusters;

/// <summary>Which nodes of a cluster keep which partitions ready.</summary>
public sealed class StandbyPlacementSpec : ClusterSpec
{
    const string Settings = "goka.processor { standby = 1, rebalance = cooperative }";

    [Fact]
    public async Task Each_partition_must_be_kept_ready_by_one_other_node_and_be_read_there_when_that_is_allowed()
    {
        var (a, _, c) = (await Nodes.StartMember(Settings), await Nodes.StartMember(Settings), await Nodes.StartMember(Settings));
        for (var i = 0; i < 60; i++)
            Nodes.Send($"key{i}", i);
        await Nodes.Committed();

        await Placed(kept: ClusterNodes.Partitions);
        await c.Leave();
        await Placed(kept: ClusterNodes.Partitions);

        var kept = a.Processor!.Partitions.First(p => p.State == PartitionState.Following).Partition;
        var key = Enumerable.Range(0, 60).First(i => ClusterNodes.PartitionOf($"key{i}") == kept);
        await ClusterNodes.Until(
            () => a.Processor.Partitions.Single(p => p.Partition == kept).TableOffset == Nodes.Kafka.Offsets(ClusterNodes.Table, kept).High, () => "the standby is behind");
        var answer = await a.Processor.Get($"key{key}", new QueryOptions { Consistency = ReadConsistency.AllowStandby });
        (answer.Value, answer.Stamp.Source, answer.Stamp.Node).ShouldBe((key, ReadSource.Standby, a.Address));
    }

    /// <summary>Waits until every partition runs somewhere and so many are kept ready, none of them by two nodes or where it runs.</summary>
    Task Placed(int kept)
    {
        List<(int Partition, string Node, PartitionState State)> places = [];
        return ClusterNodes.Until(
            () =>
            {
                places = [.. Nodes.Alive().SelectMany(n => n.Processor!.Partitions.Select(p => (p.Partition, n.Name, p.State)))];
                var ready = places.Where(p => p.State == PartitionState.Following).Select(p => p.Partition).ToList();
                return places.Count(p => p.State == PartitionState.Running) == ClusterNodes.Partitions
                    && places.All(p => p.State is PartitionState.Running or PartitionState.Following or PartitionState.Stopped)
                    && ready.Count == kept && ready.Distinct().Count() == kept;
            },
            () => string.Join("; ", places.Select(p => $"{p.Partition} is {p.State} on {p.Node}")));
    }
}
