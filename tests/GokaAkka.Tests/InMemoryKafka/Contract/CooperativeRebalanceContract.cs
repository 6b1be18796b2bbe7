namespace GokaAkka.Testing.Tests;

/// <summary>How cooperative members hand partitions over: only what moves stops, and the topics of a group stay together.</summary>
public abstract class CooperativeRebalanceContract(IKafkaClient? client = null) : KafkaClientContract(client)
{
    protected override RebalanceProtocol Rebalance => RebalanceProtocol.Cooperative;

    [Fact]
    public void A_member_must_give_up_only_what_moves_and_go_on_reading_and_committing_the_rest_of_every_topic()
    {
        var topics = new[] { NewTopic(4), NewTopic(4), NewTopic(4) };
        var first = OpenMember(Group, topics, "first");
        first.AwaitAssignment(12);

        var second = OpenMember(Group, topics, "second");
        second.AwaitAssignment(6);
        first.AwaitAssignment(6);

        var moved = second.Assignment.Select(p => p.Partition).Distinct().Order().ToList();
        moved.Count.ShouldBe(2, second.ToString());
        first.Events.Count(e => e.StartsWith("revoked")).ShouldBe(1, first.ToString());
        first.Events.Single(e => e.StartsWith("revoked")).ShouldBe("revoked " + All(topics, moved));
        second.Events.Where(e => e.Length > "assigned ".Length).ShouldBe(["assigned " + All(topics, moved)]);
        var kept = Enumerable.Range(0, 4).Except(moved).First();
        foreach (var topic in topics)
        {
            Produce(topic, kept, ("k", "stays"));
            Produce(topic, moved[0], ("k", "moves"));
        }

        first.AwaitRecords(3);
        second.AwaitRecords(3);
        first.Records.ShouldAllBe(r => r.Partition == kept && r.Value == "stays");
        second.Records.ShouldAllBe(r => r.Partition == moved[0] && r.Value == "moves");
        // Under the generation of now, and of topics that the group is not subscribed to.
        first.Call(c => c.Commit([.. topics.Select(t => new TopicPartitionOffset(t, kept, 1))]));
        second.Call(c => c.Committed([.. topics.Select(t => new TopicPartition(t, kept))], Patience)).Count.ShouldBe(3);
    }

    [Fact]
    public void Every_rebalance_must_be_told_also_to_those_who_keep_what_they_have()
    {
        var first = OpenAssigned(Topic, 1, "first");
        first.Events.ShouldBe([$"assigned {Topic}[0]"]);

        var second = OpenMember(Group, [Topic], "second");

        first.AwaitEvents(2);
        first.Events[1].ShouldBe("assigned ");
        second.AwaitEvents(1);
        second.Events[0].ShouldBe("assigned ");
        Produce(Topic, 0, ("a", "1"));
        first.AwaitRecords(1);
    }

    static string All(string[] topics, IEnumerable<int> partitions) =>
        string.Join(",", topics.SelectMany(t => partitions.Select(p => $"{t}[{p}]")).Order(StringComparer.Ordinal));
}
