namespace GokaAkka.Integration.Tests.Clusters;

/// <summary>Nodes that the others cannot reach, and that the split brain resolver removes.</summary>
[Collection(nameof(ClustersCollection))]
public sealed class DownedNodeTests
{
    const int Removed = 3;
    const string Reason = "The cluster has removed this node";

    [Fact]
    public async Task Node_that_stood_still_must_be_removed_end_with_3_and_leave_its_partitions_to_the_group()
    {
        var seed = ProcessCluster.FreePort();
        await using var cluster = new ProcessCluster($"akka.cluster.seed-nodes = [\"akka.tcp://goka@127.0.0.1:{seed}\"]");
        var first = await cluster.Start($"akka.remote.dot-netty.tcp.port = {seed}");
        cluster.Clicks.Start();
        var others = await Task.WhenAll(cluster.Start(), cluster.Start());
        var (second, third) = (others[0], others[1]);
        await cluster.Shared(first, second, third);
        await cluster.Answered(first, second, third);

        third.Process.Signal(ChildProcess.Stop);
        await cluster.Shared(first, second);
        await cluster.Clicks.Stop();
        await cluster.Answered(first, second);
        third.Process.Signal(ChildProcess.Continue);

        (await third.Process.ExitCode()).ShouldBe(Removed, third.Process.ToString());
        third.Process.Errors.ShouldContain(Reason);
        await cluster.Shared(first, second);
        // Not their values: what the third one had under way may go over newer ones (docs/guarantees.md, at least once).
        foreach (var (node, user) in from node in new[] { first, second } from user in ClickLoad.Users select (node, user))
            (await node.Read(user)).ShouldSatisfyAllConditions(r => r.Error.ShouldBeNull(), r => r.Owner.ShouldBeOneOf(first.Address, second.Address));
    }

    /// <summary>Both reach Kafka and not each other, both ways and then one way, as with a switch that fails: nobody stands still.</summary>
    [NamespaceFact]
    public async Task Nodes_that_are_cut_off_from_each_other_must_go_on_with_their_partitions_and_find_each_other_again()
    {
        using var network = new CutNetwork();
        // Nobody is removed while it is cut.
        await using var cluster = Cut(network, """
            akka.cluster.split-brain-resolver.stable-after = 60s
            goka { query.timeout = 2s, kafka.consumer.session.timeout.ms = 6000 }
            """);
        var (a, b) = await Start(cluster, network);
        var owners = await a.Owners();

        foreach (NetworkNamespace[] cut in new[] { new[] { network.A, network.B }, [network.B] })
        {
            foreach (var from in cut)
                network.Cut(from);
            foreach (var (node, other) in new[] { (a, b), (b, a) })
                await Eventually.Holds(async () => (await node.Members())[other.Address] != "up", () => $"{node.Address} never noticed the cut.\n{cluster}");
            var mark = cluster.Clicks.Acknowledged;
            foreach (var (node, other) in new[] { (a, b), (b, a) })
            {
                // Its own partitions, which go on, and none of the other's.
                (await node.Owners()).Select(static o => (o.Key, o.Single())).ShouldBe(
                    owners.Where(o => o.Single() == node.Address).Select(static o => (o.Key, o.Single())), ignoreOrder: true);
                var (here, there) = (UserOf(owners, node), UserOf(owners, other));
                await Eventually.Holds(
                    async () => (await node.Read(here)) is { Error: null } read && read.Count >= mark[here], () => $"{here} stands still on {node.Address}.\n{cluster}");
                (await node.Read(there)).ShouldSatisfyAllConditions(
                    r => r.Error.ShouldNotBeNull($"{there} has {r.Count} clicks, says {r.Owner}"), r => r.Error!.ShouldContain("could not be read within 2 s"));
            }

            foreach (var from in cut)
                network.Heal(from);
            await cluster.Shared(a, b);
            await cluster.Answered(a, b);
        }

        await cluster.Clicks.Stop();
        (await cluster.Answered(a, b)).ShouldBe(cluster.Clicks.Acknowledged, "no partition has moved, so no click counts twice");
        (await b.Owners()).ShouldAllBe(o => owners[o.Key].Single() == o.Single());
    }

    [NamespaceFact]
    public async Task Node_that_is_not_heard_must_be_removed_end_with_3_and_leave_its_partitions_to_the_group()
    {
        using var network = new CutNetwork();
        await using var cluster = Cut(network, "");
        var (a, b) = await Start(cluster, network);

        network.Cut(network.B);

        // Of two, the one with the lower address stays.
        (await b.Process.ExitCode()).ShouldBe(Removed, cluster.ToString());
        b.Process.Errors.ShouldContain(Reason);
        await cluster.Shared(a);
        await cluster.Clicks.Stop();
        await cluster.Answered(a);
    }

    static ProcessCluster Cut(CutNetwork network, string settings)
    {
        var cluster = new ProcessCluster($"akka.cluster.seed-nodes = [\"akka.tcp://goka@{CutNetwork.First}:4053\"]\n{settings}");
        foreach (var address in cluster.Broker)
        {
            network.A.Forward(address);
            network.B.Forward(address);
        }

        return cluster;
    }

    static async Task<(NodeProcess A, NodeProcess B)> Start(ProcessCluster cluster, CutNetwork network)
    {
        var a = await cluster.Start($"akka.remote.dot-netty.tcp {{ hostname = \"{CutNetwork.First}\", port = 4053 }}", network.A);
        var b = await cluster.Start($"akka.remote.dot-netty.tcp {{ hostname = \"{CutNetwork.Second}\", port = 4053 }}", network.B);
        await cluster.Shared(a, b);
        cluster.Clicks.Start();
        await cluster.Answered(a, b);
        return (a, b);
    }

    static string UserOf(ILookup<int, string> owners, NodeProcess node) =>
        ClickLoad.Users.First(u => owners[ClickLoad.PartitionOf(u)].Single() == node.Address);
}
