using Confluent.Kafka;
using TopicPartition = GokaAkka.Kafka.TopicPartition;
using TopicPartitionOffset = GokaAkka.Kafka.TopicPartitionOffset;

namespace GokaAkka.Integration.Tests.Contract;

/// <summary>Group members on Confluent.Kafka where brokers, other members and callers get in the way.</summary>
public sealed class GroupConsumerFaultTests : KafkaClientContract
{
    static readonly TimeSpan PatientSession = TimeSpan.FromSeconds(45);

    readonly Cluster _cluster;

    public GroupConsumerFaultTests() => _cluster = Open(new Cluster());

    protected override IKafkaClient Client => _cluster.Client;

    [Fact]
    public void A_member_must_go_on_by_itself_when_its_broker_was_away_and_tell_it_without_a_flood()
    {
        var member = OpenMember(Group, [Topic]);
        Produce(Topic, 0, ("a", "before"));
        member.AwaitRecords(1);
        member.Call(c => c.Commit([new TopicPartitionOffset(Topic, 0, 1)]));

        _cluster.Broker.BrokerDown();
        member.AwaitFault(IsAway);
        // Longer than a session: the brokers have given the member up by then.
        member.AwaitEvent("lost");
        _cluster.Broker.BrokerUp();
        Produce(Topic, 0, ("a", "after"));

        member.AwaitRecords(2);
        member.Records.Select(r => r.Value).ShouldBe(["before", "after"], member.ToString());
        member.Faults.ShouldAllBe(f => f.Kind == FaultKind.Retriable, member.ToString());
        member.Faults.GroupBy(f => f.Code).ShouldAllBe(g => g.Count() == 1, member.ToString());
    }

    [Fact]
    public void A_partition_that_was_paused_when_it_was_revoked_must_flow_when_it_is_assigned_again()
    {
        var first = OpenAssigned(WideTopic, 2, "first");
        first.Call(c => c.Pause([new TopicPartition(WideTopic, 0), new TopicPartition(WideTopic, 1)]));
        OpenAssigned(WideTopic, 1, "second");
        first.AwaitAssignment(1);

        Produce(WideTopic, first.Assignment.Single().Partition, ("a", "1"));

        first.AwaitRecords(1);
    }

    [Fact]
    public void Nothing_must_be_begun_with_what_is_assigned_while_a_member_closes()
    {
        // It is never polled: what it is assigned is waiting for it when it closes.
        using var closing = Client.CreateGroupConsumer(new GroupConsumerOptions(Group, "closing"));
        var told = new GroupEventLog();
        closing.Subscribe([WideTopic], told);
        Until(() => closing.Generation > 0);
        var other = OpenMember(Group, [WideTopic], "other");

        closing.Close();

        told.All.ShouldAllBe(e => e.StartsWith("fault"), "what passes by itself");
        other.AwaitAssignment(2);
    }

    [Fact]
    public void A_seek_must_hold_from_the_poll_on_in_which_the_partition_was_assigned()
    {
        Produce(Topic, 0, ("a", "1"), ("b", "2"), ("c", "3"));
        // The committed offset is still being asked for when the assignment has been told.
        var sought = false;
        PollingMember? member = null;
        _cluster.Broker.SetRoundTripTime(TimeSpan.FromMilliseconds(300));
        var consumer = new SeekAfterAssignment(Patient().CreateGroupConsumer(new GroupConsumerOptions(Group, "member")), () =>
        {
            if (sought || member?.Assignment.Count != 1)
                return null;
            sought = true;
            return new TopicPartitionOffset(Topic, 0, 2);
        });
        member = Open(new PollingMember(consumer, [Topic], Patience));

        member.AwaitRecords(1);

        _cluster.Broker.SetRoundTripTime(TimeSpan.Zero);
        member.Records.Single().Offset.ShouldBe(2);
    }

    [Fact]
    public void Nothing_must_be_lost_or_doubled_when_a_partition_is_paused_and_resumed_over_and_over()
    {
        const int Count = 20_000;
        foreach (var partition in new[] { 0, 1 })
            Produce(WideTopic, partition, [.. Enumerable.Range(0, Count).Select(i => ("k", (string?)$"{i}"))]);
        var member = Open(new PollingMember(Patient().CreateGroupConsumer(new GroupConsumerOptions(Group, "member")), [WideTopic], TimeSpan.FromSeconds(60)));
        member.AwaitRecords(1);
        var clock = Stopwatch.StartNew();

        while (member.Records.Count < 2 * Count && clock.Elapsed < Patience)
        {
            member.Call(c => c.Pause([new TopicPartition(WideTopic, 0)]));
            member.Call(c => c.Resume([new TopicPartition(WideTopic, 0)]));
        }

        foreach (var partition in new[] { 0, 1 })
            member.Records.Where(r => r.Partition == partition).Select(r => r.Offset).ShouldBe(Enumerable.Range(0, Count).Select(i => (long)i));
    }

    [Fact]
    public void An_offset_committed_last_must_not_be_taken_back_by_one_posted_before_when_the_member_leaves()
    {
        Produce(Topic, 0, ("a", "1"), ("b", "2"), ("c", "3"));
        var member = OpenMember(Group, [Topic]);
        member.AwaitRecords(3);

        member.Call(c =>
        {
            c.CommitInBackground([new TopicPartitionOffset(Topic, 0, 1)]);
            c.Commit([new TopicPartitionOffset(Topic, 0, 3)]);
        });
        member.Close();

        using var asker = Client.CreateGroupConsumer(new GroupConsumerOptions(Group, "asker"));
        asker.Committed([new TopicPartition(Topic, 0)], Patience).ShouldBe([new TopicPartitionOffset(Topic, 0, 3)]);
    }

    [Fact]
    public void A_commit_that_brokers_refuse_must_say_whose_it_was_and_why()
    {
        var member = OpenAssigned(Topic, 1);
        _cluster.Broker.FailRequests(KafkaApi.OffsetCommit, ErrorCode.GroupAuthorizationFailed);

        var error = Should.Throw<KafkaFaultException>(() => member.Call(c => c.Commit([new TopicPartitionOffset(Topic, 0, 1)])));

        error.Message.ShouldContain(Group);
        error.Fault.ShouldBe(new KafkaFault(nameof(ErrorCode.GroupAuthorizationFailed), error.Fault.Reason, FaultKind.Permanent));
        member.Call(c => c.Commit([new TopicPartitionOffset(Topic, 0, 1)]));
    }

    [Fact]
    public void A_background_commit_that_brokers_refuse_must_be_told_and_made_again()
    {
        var member = OpenAssigned(Topic, 1);
        _cluster.Broker.FailRequests(KafkaApi.OffsetCommit, ErrorCode.TopicAuthorizationFailed);

        member.Call(c => c.CommitInBackground([new TopicPartitionOffset(Topic, 0, 1)]));

        member.AwaitFault(f => f.Code == nameof(ErrorCode.TopicAuthorizationFailed));
        Until(() => member.Call(c => c.Committed([new TopicPartition(Topic, 0)], Patience)).Count == 1);
    }

    [Fact]
    public void Asking_for_committed_offsets_must_fail_in_time_when_no_broker_answers()
    {
        var member = OpenAssigned(Topic, 1);
        _cluster.Broker.BrokerDown();
        member.AwaitFault(IsAway);

        var error = Should.Throw<KafkaFaultException>(
            () => member.Call(c => c.Committed([new TopicPartition(Topic, 0)], TimeSpan.FromSeconds(1))));

        error.Message.ShouldContain(Group);
        error.Fault.Kind.ShouldBe(FaultKind.Retriable);
    }

    [Fact]
    public void Leaving_must_not_wait_for_brokers_that_do_not_answer()
    {
        var consumer = Patient().CreateGroupConsumer(new GroupConsumerOptions(Group, "member"));
        var member = Open(new PollingMember(consumer, [Topic], TimeSpan.FromSeconds(60)));
        member.AwaitAssignment(1);
        member.Call(c => c.CommitInBackground([new TopicPartitionOffset(Topic, 0, 1)]));
        _cluster.Broker.BrokerDown();
        member.AwaitFault(IsAway);
        var clock = Stopwatch.StartNew();

        member.Close();

        clock.Elapsed.ShouldBeLessThan(PatientSession, "the client's own leaving waits for the brokers as long as a session lasts");
        member.Events[^1].ShouldBe($"revoked {Topic}[0]");
        // To be disposed, the client waits for an answer to its commit as long as a session lasts.
        _cluster.Broker.BrokerUp();
        consumer.Committed([new TopicPartition(Topic, 0)], Patience);
    }

    [Theory]
    [InlineData(RebalanceProtocol.Eager)]
    [InlineData(RebalanceProtocol.Cooperative)]
    public void What_is_thrown_in_a_rebalance_must_come_out_of_the_poll_it_was_in(RebalanceProtocol rebalance)
    {
        using var consumer = Client.CreateGroupConsumer(new GroupConsumerOptions(Group, "member") { Rebalance = rebalance });
        consumer.Subscribe([NewTopic()], new GroupEventLog { Assigning = () => throw new InvalidOperationException("not now") });
        var clock = Stopwatch.StartNew();

        var thrown = Should.Throw<InvalidOperationException>(() =>
        {
            while (clock.Elapsed < Patience)
                consumer.Poll(TimeSpan.FromMilliseconds(50), 1, NoRecords.Instance);
        });

        thrown.Message.ShouldBe("not now");
        consumer.Close();
    }

    [Fact]
    public void Closing_and_disposing_must_be_harmless_when_done_again()
    {
        var consumer = Client.CreateGroupConsumer(new GroupConsumerOptions(Group, "member"));

        consumer.Close();
        consumer.Close();
        consumer.Dispose();
        consumer.Dispose();
        consumer.Close();
    }

    /// <summary>A client with a session that no busy machine cuts short: what comes after one is read again, and rightly so.</summary>
    IKafkaClient Patient() =>
        _cluster.ClientWith(consumer: new() { ["session.timeout.ms"] = $"{PatientSession.TotalMilliseconds}" });

    void Until(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
            clock.Elapsed.ShouldBeLessThan(Patience);
    }

    /// <summary>Seeks before the next poll once there is where to.</summary>
    sealed class SeekAfterAssignment(IGroupConsumer inner, Func<TopicPartitionOffset?> where) : ForwardingConsumer(inner)
    {
        public override int Poll(TimeSpan timeout, int maxRecords, IRecordSink sink)
        {
            if (where() is { } position)
                Seek(position);
            return base.Poll(timeout, maxRecords, sink);
        }
    }

    // The client says that all brokers are down only if it has seen each of their connections fail; that one has failed, it always says.
    static bool IsAway(KafkaFault fault) => fault.Code is nameof(ErrorCode.Local_AllBrokersDown) or nameof(ErrorCode.Local_Transport);
}
