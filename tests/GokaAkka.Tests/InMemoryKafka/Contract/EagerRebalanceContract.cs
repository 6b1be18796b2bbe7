namespace GokaAkka.Testing.Tests;

/// <summary>How eager members hand partitions over.</summary>
public abstract class EagerRebalanceContract(IKafkaClient? client = null) : KafkaClientContract(client)
{
    [Fact]
    public void A_member_must_hear_that_its_partitions_are_revoked_before_it_gets_others()
    {
        var first = OpenAssigned(WideTopic, 2, "first");

        var second = OpenAssigned(WideTopic, 1, "second");
        first.AwaitAssignment(1);

        first.Events[0].ShouldBe($"assigned {WideTopic}[0],{WideTopic}[1]");
        first.Events[1].ShouldBe($"revoked {WideTopic}[0],{WideTopic}[1]");
        first.Events[2].ShouldStartWith("assigned");
        first.Threads.ShouldBe([first.ThreadId]);
    }
}
