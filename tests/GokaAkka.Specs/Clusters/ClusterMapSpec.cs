using GokaAkka.Cluster;

namespace GokaAkka.Specs.Clusters;

/// <summary>What nodes tell each other of themselves.</summary>
public sealed class ClusterMapSpec : ClusterSpec
{
    [Fact]
    public async Task Node_that_joins_must_hear_of_what_the_others_have_and_one_that_leaves_must_be_forgotten()
    {
        var member = await Nodes.StartMember();
        var guest = await Nodes.Start();

        await Knows(guest, ClusterNodes.Partitions, "the guest has heard of all partitions");
        Map(guest).Group(ClusterNodes.Group)!.Board.Find(0)!.Value.ShouldBe(new PartitionClaim(member.Cluster.SelfAddress, Nodes.Kafka.Generation(ClusterNodes.Group)));
        await member.Processor!.Stop().WaitAsync(ClusterNodes.Patience);
        await Knows(guest, 0, "the processor has stopped");
        Map(guest).Knows(member.Cluster.SelfUniqueAddress).ShouldBeTrue("the node is still there");
        await member.Leave();
        await ClusterNodes.Until(() => !Map(guest).Knows(member.Cluster.SelfUniqueAddress), () => "the node that has left is still known");
    }

    [Fact]
    public async Task Statement_of_a_node_that_is_no_member_must_not_be_believed()
    {
        var node = await Nodes.Start();
        var told = Actor(node, ClusterMapActor.Name);

        told.Tell(new NodeStatement("akka.tcp://nodes@127.0.0.1:1", 1, 1, [new GroupStatement("g", "t", 1, "fnv1a", 1, [0], [])], []));
        // Answered after what came before it.
        await told.Ask<ActorIdentity>(new Identify(1), ClusterNodes.Patience);

        Map(node).Group("g").ShouldBeNull();
    }

    [Fact]
    public async Task Node_must_be_believed_after_its_actor_has_started_again()
    {
        var (member, guest) = (await Nodes.StartMember(), await Nodes.Start());
        await Knows(guest, ClusterNodes.Partitions, "the guest has heard of all partitions");

        Actor(member, ClusterMapActor.Name).Tell(new NodeStatement(guest.Address, guest.Cluster.SelfUniqueAddress.Uid, long.MaxValue, null!, []));
        await member.Processor!.Stop().WaitAsync(ClusterNodes.Patience);

        await Knows(guest, 0, "the processor has stopped");
    }

    static ActorSelection Actor(Node node, string name) => node.System.ActorSelection($"/system/{name}");

    static ClusterMap Map(Node node) => node.Goka.Cluster!.Map.Current;

    static Task Knows(Node node, int partitions, string because) => ClusterNodes.Until(
        () => (Map(node).Group(ClusterNodes.Group)?.Board.Partitions.Count() ?? 0) == partitions, () => $"{because}: {node.Name} knows {node.Claims()}");
}
