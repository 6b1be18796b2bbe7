using GokaAkka.Runtime;

namespace GokaAkka.Tests.Kafka;

/// <summary>How a poller proves that what was assigned is still its member's.</summary>
public sealed class PollerLeaseTests
{
    static readonly TopicPartition A0 = new("a", 0);

    readonly ManualTime _time = new();
    readonly FakeGroupConsumer _consumer = new() { Lease = TimeSpan.FromSeconds(10) };
    readonly PollListener _listener = new();
    readonly GroupPoller _poller;

    public PollerLeaseTests()
    {
        _listener.DrainsAtOnce();
        _poller = new GroupPoller(_consumer, ["a", "b"], _listener, new PollOptions(), new NodeRuntime(_time), "poll");
        _poller.Begin();
        _consumer.Assign(A0);
        _poller.Step();
    }

    [Fact]
    public void A_lease_that_ran_out_is_renewed_by_what_the_coordinator_takes_of_members_alone()
    {
        _poller.Board.Add([new TopicPartitionOffset("a", 0, 3)], _listener.Flows[A0].Generation);
        _time.Advance(TimeSpan.FromSeconds(9));
        _poller.Step();
        _time.Advance(TimeSpan.FromSeconds(9));
        _poller.Lease.IsExpired.ShouldBeFalse();
        _poller.Step();
        _consumer.Log.ShouldNotContain(l => l.StartsWith("commit"));

        _time.Advance(TimeSpan.FromSeconds(10));
        _poller.Lease.IsExpired.ShouldBeTrue();
        _consumer.CommitFault = new KafkaFaultException("Committing failed", new KafkaFault("UnknownMemberId", "not a member", FaultKind.Retriable));
        _poller.Step();
        _poller.Lease.IsExpired.ShouldBeTrue();
        _consumer.CommitFault = null;
        _poller.Step();

        _poller.Lease.IsExpired.ShouldBeFalse();
        _consumer.Log.Count(l => l == "commit a[0]@3").ShouldBe(2);
        _poller.End(null);
    }

    [Fact]
    public void A_lease_is_not_renewed_for_nothing_where_nothing_is_committed_yet()
    {
        _consumer.Hand("a", 0, from: 5, count: 2);
        _poller.Step();

        _time.Advance(TimeSpan.FromSeconds(10));
        _consumer.CommitFault = new KafkaFaultException("Committing failed", new KafkaFault("UnknownMemberId", "not a member", FaultKind.Retriable));
        _poller.Step();
        _poller.Lease.IsExpired.ShouldBeTrue();
        _consumer.CommitFault = null;
        _poller.Step();

        _poller.Lease.IsExpired.ShouldBeFalse();
        _consumer.Log.ShouldContain("commit a[0]@5");
        _poller.End(null);
    }

    [Fact]
    public void A_lease_that_ran_out_is_renewed_once_all_is_lost()
    {
        _time.Advance(TimeSpan.FromSeconds(10));

        _consumer.Lose(A0);
        _poller.Step();

        _poller.Lease.IsExpired.ShouldBeFalse();
        _listener.LostPartitions.ShouldBe([A0]);
        _poller.End(null);
    }
}
