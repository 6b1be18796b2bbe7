using GokaAkka.Kafka;

namespace GokaAkka.Testing.Tests;

/// <summary>How cooperative members hand partitions over: only what moves stops, and the topics of a group stay together.</summary>
public abstract class CooperativeRebalanceContract : KafkaClientContract
{
    protected override RebalanceProtocol Rebalance => RebalanceProtocol.Cooperative;

    [Fact]
    public void A_member_must_give_up_only_what_moves_and_go_on_reading_and_committing_the_rest_of_every_topic()
    {
        var topics = new[] { NewTopic(4), NewTopic(4), NewTopic(4) };
        var group = Unique("group");
        var first = OpenMember(group, topics, "first");
        first.AwaitAssignment(12);

        var second = OpenMember(group, topics, "second");
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
    public void What_is_committed_while_being_revoked_or_leaving_must_be_where_the_next_owner_starts_in_every_topic()
    {
        var topics = new[] { NewTopic(2), NewTopic(2) };
        foreach (var topic in topics)
        {
            Produce(topic, 0, ("a", "1"), ("b", "2"), ("c", "3"));
            Produce(topic, 1, ("a", "1"), ("b", "2"), ("c", "3"));
        }

        var group = Unique("group");
        var first = OpenMember(group, topics, "first");
        first.AwaitRecords(12);
        // An older one on its way must not be what counts in the end.
        first.Call(c => c.CommitInBackground([.. first.Assignment.Select(p => new TopicPartitionOffset(p.Topic, p.Partition, 1))]));
        first.OnRevoked = (consumer, partitions) => consumer.Commit([.. partitions.Select(p => new TopicPartitionOffset(p.Topic, p.Partition, 2))]);

        var second = OpenMember(group, topics, "second");
        second.AwaitRecords(2);
        second.Records.ShouldAllBe(r => r.Offset == 2);
        second.Call(c => c.Commit([.. second.Assignment.Select(p => new TopicPartitionOffset(p.Topic, p.Partition, 3))]));
        first.Close();
        second.AwaitRecords(4);

        second.AwaitAssignment(4);
        second.Records.Select(r => (r.Topic, r.Partition, r.Offset)).Distinct().Count().ShouldBe(4, second.ToString());
        second.Records.ShouldAllBe(r => r.Offset == 2, second.ToString());
        second.Events.ShouldNotContain(e => e.StartsWith("revoked"), "what it had stayed");
    }

    [Fact]
    public void Every_rebalance_must_be_told_also_to_those_who_keep_what_they_have()
    {
        var topic = NewTopic();
        var group = Unique("group");
        var first = OpenMember(group, [topic], "first");
        first.AwaitAssignment(1);
        first.Events.ShouldBe([$"assigned {topic}[0]"]);

        var second = OpenMember(group, [topic], "second");

        first.AwaitEvents(2);
        first.Events[1].ShouldBe("assigned ");
        second.AwaitEvents(1);
        second.Events[0].ShouldBe("assigned ");
        Produce(topic, 0, ("a", "1"));
        first.AwaitRecords(1);
    }

    static string All(string[] topics, IEnumerable<int> partitions) =>
        string.Join(",", topics.SelectMany(t => partitions.Select(p => $"{t}[{p}]")).Order(StringComparer.Ordinal));
}
