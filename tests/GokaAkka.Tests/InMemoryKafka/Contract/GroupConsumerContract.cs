namespace GokaAkka.Testing.Tests;

/// <summary>What a member of a consumer group must do.</summary>
public abstract class GroupConsumerContract(IKafkaClient? client = null) : KafkaClientContract(client)
{
    [Fact]
    public void A_new_group_must_read_from_the_first_record_kept()
    {
        Produce(Topic, 0, ("a", "1"), ("b", "2"));

        var member = OpenMember(Group, [Topic]);

        member.AwaitRecords(2);
        member.Records.Select(r => (r.Offset, r.Key, r.Value)).ShouldBe([(0, "a", "1"), (1, "b", "2")]);
    }

    [Fact]
    public void A_member_must_get_a_record_as_it_was_sent()
    {
        var headers = Headers.Of(new Header("a", "1"u8.ToArray()), new Header("a", "2"u8.ToArray()), new Header("empty", default), new Header("null", default) { IsNull = true });
        var time = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds();
        Send(Producer, Topic, 0, "key", "value", headers: headers, timestamp: time);
        Send(Producer, Topic, 0, "key", null);
        Send(Producer, Topic, 0, "key", "");
        Producer.Flush(Patience).ShouldBeTrue();

        var member = OpenMember(Group, [Topic]);

        member.AwaitRecords(3);
        var records = member.Records;
        records[0].ShouldBe(new GotRecord(Topic, 0, 0, time, "key", "value", records[0].Headers));
        records[0].Headers!.Select(h => (h.Name, h.Value.Length)).ShouldBe([("a", 1), ("a", 1), ("empty", 0), ("null", 0)]);
        records[0].Headers!.Select(h => h.IsNull).ShouldBe([false, false, false, true]);
        records[0].Headers!.GetString("a").ShouldBe("2");
        records[1].Value.ShouldBeNull();
        (records[1].Headers?.Count ?? 0).ShouldBe(0);
        records[2].Value.ShouldBe("");
        records[0].Topic.ShouldBeSameAs(records[2].Topic);
    }

    [Fact]
    public void A_poll_must_hand_out_no_more_than_was_asked_for_and_say_how_many()
    {
        var member = OpenAssigned(WideTopic, 2);
        var counted = new CountingSink();
        member.Call(consumer =>
        {
            for (var partition = 0; partition < 2; partition++)
                Produce(WideTopic, partition, [.. Enumerable.Range(0, 25).Select(i => ("k", (string?)$"{i}"))]);
            while (counted.Count < 50)
            {
                var before = counted.Count;
                var taken = consumer.Poll(Patience, 7, counted);
                taken.ShouldBe(counted.Count - before);
                taken.ShouldBeInRange(1, 7);
            }
        });

        counted.Count.ShouldBe(50);
    }

    [Fact]
    public void Records_of_a_partition_must_come_in_offset_order_without_gap_or_repeat()
    {
        var topic = NewTopic(3);
        for (var partition = 0; partition < 3; partition++)
            Produce(topic, partition, [.. Enumerable.Range(0, 200).Select(i => ("k", (string?)$"{i}"))]);

        var member = OpenMember(Group, [topic]);

        member.AwaitRecords(600);
        for (var partition = 0; partition < 3; partition++)
            member.Records.Where(r => r.Partition == partition).Select(r => r.Offset).ShouldBe(Enumerable.Range(0, 200).Select(i => (long)i));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_group_must_go_on_at_its_committed_offset_also_where_it_is_committed_while_leaving(bool leaving)
    {
        Produce(Topic, 0, ("a", "1"), ("b", "2"), ("c", "3"));
        var first = OpenMember(Group, [Topic]);
        first.AwaitRecords(3);
        if (leaving)
            first.OnRevoked = (consumer, _) => consumer.Commit([new TopicPartitionOffset(Topic, 0, 2)]);
        else
            first.Call(c => c.Commit([new TopicPartitionOffset(Topic, 0, 2)]));
        first.Close();

        var second = OpenMember(Group, [Topic]);

        second.AwaitRecords(1);
        second.Records.Single().Offset.ShouldBe(2);
    }

    [Fact]
    public void A_member_must_start_where_the_assigned_event_says()
    {
        Produce(WideTopic, 0, ("a", "1"), ("b", "2"), ("c", "3"));
        Produce(WideTopic, 1, ("d", "4"));
        var starts = new TopicPartitionOffset(WideTopic, 0, 1);
        var consumer = Client.CreateGroupConsumer(new GroupConsumerOptions(Group, "member", Rebalance: Rebalance));
        var member = Open(new PollingMember(consumer, [WideTopic], Patience, _ => [starts]));

        member.AwaitRecords(3);

        member.Records.Where(r => r.Partition == 0).Select(r => r.Offset).ShouldBe([1, 2]);
        member.Records.Where(r => r.Partition == 1).Select(r => r.Offset).ShouldBe([0]);
    }

    [Fact]
    public void A_paused_partition_must_stand_still_until_it_is_resumed()
    {
        var member = OpenAssigned(WideTopic, 2);
        member.Call(c => c.Pause([new TopicPartition(WideTopic, 0)]));
        Produce(WideTopic, 0, ("paused", "1"), ("paused", "2"));
        Produce(WideTopic, 1, ("running", "1"));
        member.AwaitRecords(1);
        Produce(WideTopic, 1, ("running", "2"));
        member.AwaitRecords(2);

        member.Records.ShouldAllBe(r => r.Partition == 1);
        member.Call(c => c.Resume([new TopicPartition(WideTopic, 0)]));

        member.AwaitRecords(4);
        member.Records.Where(r => r.Partition == 0).Select(r => r.Offset).ShouldBe([0, 1]);
    }

    [Fact]
    public void A_seek_must_make_the_member_read_on_from_there()
    {
        Produce(Topic, 0, ("a", "1"), ("b", "2"), ("c", "3"));
        var member = OpenMember(Group, [Topic]);
        member.AwaitRecords(3);

        member.Call(c => c.Seek(new TopicPartitionOffset(Topic, 0, 1)));

        member.AwaitRecords(5);
        member.Records.Select(r => r.Offset).ShouldBe([0, 1, 2, 1, 2]);
    }

    [Fact]
    public void A_commit_must_come_back_with_the_topic_that_it_is_of_and_partitions_without_one_be_left_out()
    {
        var member = OpenAssigned(WideTopic, 2);
        member.Call(c => c.Commit([new TopicPartitionOffset(WideTopic, 1, 17) { TopicId = "an id" }]));

        var committed = member.Call(c => c.Committed([new TopicPartition(WideTopic, 0), new TopicPartition(WideTopic, 1)], Patience));

        committed.ShouldBe([new TopicPartitionOffset(WideTopic, 1, 17) { TopicId = "an id" }]);
    }

    [Fact]
    public void A_commit_in_the_background_must_arrive_and_the_newest_one_win()
    {
        var member = OpenAssigned(Topic, 1);
        member.Call(c =>
        {
            for (var offset = 1; offset <= 50; offset++)
                c.CommitInBackground([new TopicPartitionOffset(Topic, 0, offset) { TopicId = $"topic {offset}" }]);
        });
        member.Close();

        var next = OpenAssigned(Topic, 1);

        next.Call(c => c.Committed([new TopicPartition(Topic, 0)], Patience)).ShouldBe([new TopicPartitionOffset(Topic, 0, 50) { TopicId = "topic 50" }]);
    }

    [Fact]
    public void Two_members_must_share_the_partitions_and_keep_topics_together()
    {
        var topics = new[] { NewTopic(4), NewTopic(4) };
        var first = OpenMember(Group, topics, "first");
        first.AwaitAssignment(8);
        var alone = first.Call(c => c.Generation);

        var second = OpenMember(Group, topics, "second");

        second.AwaitAssignment(4);
        first.AwaitAssignment(4);
        first.Call(c => c.Generation).ShouldBe(second.Call(c => c.Generation), "a generation is the group's");
        first.Call(c => c.Generation).ShouldBeGreaterThan(alone);
        first.Assignment.Intersect(second.Assignment).ShouldBeEmpty();
        first.Assignment.Union(second.Assignment).Count().ShouldBe(8);
        foreach (var member in new[] { first, second })
        {
            var perTopic = topics.Select(t => member.Assignment.Where(p => p.Topic == t).Select(p => p.Partition).Order().ToArray()).ToArray();
            perTopic[0].ShouldBe(perTopic[1]);
        }
    }

    [Fact]
    public void A_member_that_closes_must_hear_revoked_and_leave_its_partitions_to_the_others()
    {
        var first = OpenAssigned(WideTopic, 2, "first");
        var second = OpenAssigned(WideTopic, 1, "second");
        first.AwaitAssignment(1);
        var held = first.Assignment.Single();

        first.Close();

        second.AwaitAssignment(2);
        first.Events[^1].ShouldBe($"revoked {held}");
    }

    sealed class CountingSink : IRecordSink
    {
        public int Count { get; private set; }

        public void Add(
            string topic, int partition, long offset, long timestamp, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull,
            Headers? headers) => Count++;
    }
}
