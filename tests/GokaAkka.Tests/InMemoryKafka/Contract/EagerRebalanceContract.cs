namespace GokaAkka.Testing.Tests;

/// <summary>How eager members hand partitions over.</summary>
public abstract class EagerRebalanceContract(IKafkaClient? client = null) : KafkaClientContract(client)
{
    [Fact]
    public void A_member_must_hear_that_its_partitions_are_revoked_before_it_gets_others()
    {
        var topic = NewTopic(2);
        var group = Unique("group");
        var first = OpenMember(group, [topic], "first");
        first.AwaitAssignment(2);

        var second = OpenMember(group, [topic], "second");
        second.AwaitAssignment(1);
        first.AwaitAssignment(1);

        first.Events[0].ShouldBe($"assigned {topic}[0],{topic}[1]");
        first.Events[1].ShouldBe($"revoked {topic}[0],{topic}[1]");
        first.Events[2].ShouldStartWith("assigned");
        first.Threads.ShouldBe([first.ThreadId]);
    }
}
