namespace GokaAkka.Testing.Tests;

public sealed class GroupFaultTests() : InMemoryKafkaFixture(new InMemoryKafkaOptions { RebalanceTimeout = TimeSpan.FromMilliseconds(300) })
{
    [Theory]
    [InlineData(RebalanceProtocol.Eager)]
    [InlineData(RebalanceProtocol.Cooperative)]
    public void A_member_that_expires_must_hear_that_all_it_had_is_lost_and_join_again(RebalanceProtocol rebalance)
    {
        var member = OpenAssigned(rebalance: rebalance);

        Kafka.ExpireMember(Group, "member");

        member.AwaitEvent("lost");
        member.Await("new assignment", Patience, () => member.Events.Count == 3);
        member.Events.ShouldBe([$"assigned {Topic}[0],{Topic}[1]", $"lost {Topic}[0],{Topic}[1]", $"assigned {Topic}[0],{Topic}[1]"]);
    }

    [Fact]
    public void A_member_that_expired_must_not_commit()
    {
        var member = OpenAssigned();

        var error = Should.Throw<KafkaFaultException>(() => member.Call(consumer =>
        {
            Kafka.ExpireMember(Group, "member");
            consumer.Commit([new TopicPartitionOffset(Topic, 0, 7)]);
        }));

        error.Fault.Code.ShouldBe("UnknownMemberId");
        Kafka.CommittedOffset(Group, Topic, 0).ShouldBeNull();
    }

    [Fact]
    public void Expiring_a_member_that_is_none_must_be_an_error_that_names_those_there_are()
    {
        OpenAssigned("someone");

        Should.Throw<InvalidOperationException>(() => Kafka.ExpireMember(Group, "nobody")).Message.ShouldContain("someone");
    }

    [Fact]
    public void Members_that_hand_partitions_over_in_different_ways_must_not_be_in_one_group_and_hear_why()
    {
        OpenAssigned("eager");

        var error = OpenMember("cooperative", RebalanceProtocol.Cooperative).AwaitEnd();

        error.ShouldBeOfType<KafkaFaultException>().Fault.Code.ShouldBe("InconsistentGroupProtocol");
        error.Message.ShouldContain("hand partitions over in another way than this one, which is cooperative");
        error.Message.ShouldContain("goka.processor.rebalance");
        Kafka.Members(Group).Single().ClientId.ShouldBe("eager");
    }

    [Fact]
    public void A_member_that_is_stuck_must_be_dropped_when_the_rebalance_ends_and_hear_lost()
    {
        var stuck = OpenAssigned("stuck");

        stuck.WhileStuck(() => OpenAssigned("other"));

        stuck.AwaitEvent("lost");
        stuck.Events[1].ShouldBe($"lost {Topic}[0],{Topic}[1]");
    }

    [Fact]
    public void A_crashed_member_must_keep_its_partitions_until_its_session_ends()
    {
        var time = new ManualTime();
        var kafka = new InMemoryKafka(new InMemoryKafkaOptions { Time = time, MaxPollInterval = TimeSpan.FromMinutes(5) });
        kafka.CreateTopic(Topic, 2);
        var crashed = kafka.CreateGroupConsumer(new GroupConsumerOptions(Group, "crashed"));
        var events = new GroupEventLog();
        crashed.Subscribe([Topic], events);
        crashed.Poll(TimeSpan.Zero, 1, NoRecords.Instance);
        crashed.Dispose();

        kafka.Members(Group).Single().Assignment.Count.ShouldBe(2);
        time.Advance(TimeSpan.FromMinutes(5));
        using var next = kafka.CreateGroupConsumer(new GroupConsumerOptions(Group, "next"));
        next.Subscribe([Topic], events);
        next.Poll(TimeSpan.Zero, 1, NoRecords.Instance);

        kafka.Members(Group).Single().ClientId.ShouldBe("next");
        events.All.ShouldBe([$"assigned {Topic}[0],{Topic}[1]", $"assigned {Topic}[0],{Topic}[1]"]);
    }

    [Fact]
    public void A_forced_rebalance_must_revoke_and_assign_and_lose_no_record()
    {
        var member = OpenAssigned();
        Kafka.Append(Topic, 0, "k", "1");
        member.AwaitRecords(1);
        member.OnRevoked = (consumer, _) => consumer.Commit([new TopicPartitionOffset(Topic, 0, 1)]);

        Kafka.Rebalance(Group);
        Kafka.Append(Topic, 0, "k", "2");

        member.AwaitRecords(2);
        member.Records.Select(r => r.Offset).ShouldBe([0, 1]);
        member.Events.Select(e => e.Split(' ')[0]).ShouldBe(["assigned", "revoked", "assigned"]);
        Kafka.Generation(Group).ShouldBe(2);
    }

    [Fact]
    public void Refused_commits_must_be_told_and_later_ones_accepted()
    {
        var member = OpenAssigned();
        Kafka.RefuseCommits(Group, count: 2);

        Should.Throw<KafkaFaultException>(() => member.Call(c => c.Commit([new TopicPartitionOffset(Topic, 0, 1)])))
            .Fault.Kind.ShouldBe(FaultKind.Retriable);
        member.Call(c => c.CommitInBackground([new TopicPartitionOffset(Topic, 0, 2)]));
        member.AwaitFault(f => f.Code == "NotCoordinatorForGroup");
        Kafka.CommittedOffset(Group, Topic, 0).ShouldBeNull();
        member.Call(c => c.Commit([new TopicPartitionOffset(Topic, 0, 3)]));

        Kafka.CommittedOffset(Group, Topic, 0).ShouldBe(3);
    }

    [Fact]
    public void A_commit_in_the_background_must_arrive_though_the_member_does_not_poll()
    {
        var member = OpenAssigned();

        member.Call(consumer =>
        {
            consumer.CommitInBackground([new TopicPartitionOffset(Topic, 0, 4)]);
            Await(() => Kafka.CommittedOffset(Group, Topic, 0) == 4);
        });
    }

    [Fact]
    public void A_consumer_must_refuse_to_be_called_by_another_thread_than_its_own()
    {
        var member = OpenMember();
        IGroupConsumer? consumer = null;
        member.Call(c => consumer = c);

        Should.Throw<InvalidOperationException>(() => consumer!.Pause([])).Message.ShouldContain("polling member");
    }

    [Fact]
    public void A_subscribed_topic_that_is_missing_must_be_told_and_be_read_once_it_is_made()
    {
        Kafka.DeleteTopic(Topic);
        var member = OpenMember();
        member.AwaitFault(f => f.Code == "UnknownTopicOrPart" && f.Kind == FaultKind.Retriable);

        Kafka.CreateTopic(Topic);
        Kafka.Append(Topic, 0, "k", "v");

        member.AwaitRecords(1);
        member.Faults.Count.ShouldBe(1);
    }

    [Fact]
    public void A_group_must_start_where_its_offset_was_set()
    {
        Kafka.Append(Topic, 0, "k", "0");
        Kafka.Append(Topic, 0, "k", "1");
        Kafka.SetCommittedOffset(Group, Topic, 0, 1);

        var member = OpenMember();

        member.AwaitRecords(1);
        member.Records.Single().Offset.ShouldBe(1);
        Should.Throw<KafkaFaultException>(() => Kafka.SetCommittedOffset(Group, Topic, 0, 0)).Message.ShouldContain("has members");
    }

    [Fact]
    public void A_sink_that_pauses_must_get_no_further_record_of_the_partition_and_all_of_them_later()
    {
        for (var i = 0; i < 5; i++)
            Kafka.Append(Topic, 0, "k", $"{i}");
        using var consumer = Kafka.CreateGroupConsumer(new GroupConsumerOptions(Group, "member"));
        consumer.Subscribe([Topic], new GroupEventLog());
        var sink = new PausingSink(consumer);

        consumer.Poll(Patience, 100, sink).ShouldBe(1);
        consumer.Poll(TimeSpan.Zero, 100, sink).ShouldBe(0);
        for (var i = 1; i < 5; i++)
        {
            consumer.Resume([new TopicPartition(Topic, 0)]);
            consumer.Poll(TimeSpan.Zero, 100, sink).ShouldBe(1);
        }

        sink.Offsets.ShouldBe([0, 1, 2, 3, 4]);
    }

    [Fact]
    public void Partitions_must_take_turns_when_a_poll_takes_less_than_there_is()
    {
        for (var i = 0; i < 10; i++)
        {
            Kafka.Append(Topic, 0, "k", $"{i}");
            Kafka.Append(Topic, 1, "k", $"{i}");
        }

        using var consumer = Kafka.CreateGroupConsumer(new GroupConsumerOptions(Group, "member"));
        consumer.Subscribe([Topic], new GroupEventLog());
        var sink = new PausingSink(null);

        for (var i = 0; i < 4; i++)
            consumer.Poll(Patience, 5, sink).ShouldBe(5);

        sink.Partitions.Chunk(5).Select(c => c.Distinct().Single()).ShouldBe([0, 1, 0, 1]);
    }

    sealed class PausingSink(IGroupConsumer? pauses) : IRecordSink
    {
        public List<long> Offsets { get; } = [];

        public List<int> Partitions { get; } = [];

        public void Add(
            string topic, int partition, long offset, long timestamp, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull,
            Records.Headers? headers)
        {
            Offsets.Add(offset);
            Partitions.Add(partition);
            pauses?.Pause([new TopicPartition(topic, partition)]);
        }
    }
}
