using GokaAkka.Kafka;

namespace GokaAkka.Testing.Tests;

/// <summary>
/// The rebalance must not end before the member has begun to give up, however late its thread gets the processor: hence the long time-out, which
/// this test waits for once.
/// </summary>
public sealed class StuckRevocationTests() : InMemoryKafkaFixture(new InMemoryKafkaOptions { RebalanceTimeout = TimeSpan.FromSeconds(4) })
{
    [Fact]
    public void A_member_that_is_stuck_while_it_gives_up_must_be_refused_its_commit()
    {
        var stuck = OpenMember("stuck");
        stuck.AwaitAssignment(2);
        KafkaFault? refusal = null;
        stuck.OnRevoked = (consumer, _) =>
        {
            Await(() => Kafka.Members(Group).Any(m => m.ClientId == "other" && m.Assignment.Count == 2));
            refusal = Should.Throw<KafkaFaultException>(() => consumer.Commit([new TopicPartitionOffset(Topic, 0, 7)])).Fault;
            stuck.OnRevoked = (_, _) => { };
        };

        // By its event, since the assignment does not last: the stuck one joins again as soon as it is through.
        OpenMember("other").AwaitEvent($"assigned {Topic}[0],{Topic}[1]");

        stuck.AwaitEvent("revoked");
        refusal!.Code.ShouldBe("UnknownMemberId");
        Kafka.CommittedOffset(Group, Topic, 0).ShouldBeNull();
    }
}
