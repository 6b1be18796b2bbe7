using GokaAkka.Kafka.Polling;
using GokaAkka.Runtime;

namespace GokaAkka.Tests.Kafka;

/// <summary>How a poller proves that what was assigned is still its member's.</summary>
public sealed class PollerLeaseTests
{
    static readonly TopicPartition A0 = new("a", 0);

    [Fact]
    public void A_lease_that_ran_out_is_renewed_by_what_the_coordinator_takes_of_members_alone()
    {
        var time = new ManualTime();
        var consumer = new FakeGroupConsumer { Lease = TimeSpan.FromSeconds(10) };
        var listener = new PollListener();
        listener.DrainsAtOnce();
        var poller = new GroupPoller(consumer, ["a", "b"], listener, new PollOptions(), new NodeRuntime(time), "poll");
        poller.Begin();
        consumer.Assign(A0);
        poller.Step();
        poller.Board.Add([new TopicPartitionOffset("a", 0, 3)], listener.Flows[A0].Generation);
        time.Advance(TimeSpan.FromSeconds(9));
        poller.Step();
        time.Advance(TimeSpan.FromSeconds(9));
        poller.Lease.IsExpired.ShouldBeFalse();
        poller.Step();
        consumer.Log.ShouldNotContain(l => l.StartsWith("commit"));

        time.Advance(TimeSpan.FromSeconds(10));
        poller.Lease.IsExpired.ShouldBeTrue();
        consumer.CommitFault = new KafkaFaultException("Committing failed", new KafkaFault("UnknownMemberId", "not a member", FaultKind.Retriable));
        poller.Step();
        poller.Lease.IsExpired.ShouldBeTrue();
        consumer.CommitFault = null;
        poller.Step();

        poller.Lease.IsExpired.ShouldBeFalse();
        consumer.Log.Count(l => l == "commit a[0]@3").ShouldBe(2);
        poller.End(null);
    }

    [Fact]
    public void A_lease_is_not_renewed_for_nothing_where_nothing_is_committed_yet()
    {
        var time = new ManualTime();
        var consumer = new FakeGroupConsumer { Lease = TimeSpan.FromSeconds(10) };
        var listener = new PollListener();
        listener.DrainsAtOnce();
        var poller = new GroupPoller(consumer, ["a", "b"], listener, new PollOptions(), new NodeRuntime(time), "poll");
        poller.Begin();
        consumer.Assign(A0);
        poller.Step();
        consumer.Hand("a", 0, from: 5, count: 2);
        poller.Step();

        time.Advance(TimeSpan.FromSeconds(10));
        consumer.CommitFault = new KafkaFaultException("Committing failed", new KafkaFault("UnknownMemberId", "not a member", FaultKind.Retriable));
        poller.Step();
        poller.Lease.IsExpired.ShouldBeTrue();
        consumer.CommitFault = null;
        poller.Step();

        poller.Lease.IsExpired.ShouldBeFalse();
        consumer.Log.ShouldContain("commit a[0]@5");
        poller.End(null);
    }

    [Fact]
    public void A_lease_that_ran_out_is_renewed_once_all_is_lost()
    {
        var time = new ManualTime();
        var consumer = new FakeGroupConsumer { Lease = TimeSpan.FromSeconds(10) };
        var listener = new PollListener();
        var poller = new GroupPoller(consumer, ["a", "b"], listener, new PollOptions(), new NodeRuntime(time), "poll");
        poller.Begin();
        consumer.Assign(A0);
        poller.Step();
        time.Advance(TimeSpan.FromSeconds(10));

        consumer.Lose(A0);
        poller.Step();

        poller.Lease.IsExpired.ShouldBeFalse();
        listener.LostPartitions.ShouldBe([A0]);
        poller.End(null);
    }
}
