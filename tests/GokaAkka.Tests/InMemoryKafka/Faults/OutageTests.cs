namespace GokaAkka.Testing.Tests;

public sealed class OutageTests() : InMemoryKafkaFixture(new InMemoryKafkaOptions { RequestTimeout = TimeSpan.FromMilliseconds(50) })
{
    [Fact]
    public void Producers_must_queue_during_an_outage_and_deliver_after_it()
    {
        var producer = OpenProducer();
        var deliveries = new DeliveryLog();
        Kafka.TakeDown();
        for (var i = 0; i < 3; i++)
            Send(producer, 0, $"{i}", deliveries, i);
        producer.Flush(TimeSpan.Zero).ShouldBeFalse();
        Kafka.Read(Topic).ShouldBeEmpty();

        Kafka.BringUp();

        producer.Flush(Patience).ShouldBeTrue();
        deliveries.All.Select(d => (d.Token, d.Offset, d.Fault)).ShouldBe([(0, 0L, null), (1, 1L, null), (2, 2L, null)]);
    }

    [Fact]
    public void Readers_must_tell_of_an_outage_once_and_go_on_after_it_where_they_were()
    {
        var member = OpenMember();
        var table = OpenTable();
        member.AwaitAssignment(2);
        Kafka.Append(Topic, 0, "k", "before");
        member.AwaitRecords(1);
        table.AwaitRecords(1, Patience);

        Kafka.TakeDown();
        member.AwaitFault(f => f is { Code: "Local_AllBrokersDown", Kind: FaultKind.Retriable });
        table.AwaitFault(Patience);
        Kafka.Append(Topic, 0, "k", "meanwhile");
        member.Call(_ => { });
        member.Records.Count.ShouldBe(1);
        Kafka.BringUp();

        member.AwaitRecords(2);
        table.AwaitRecords(2, Patience);
        (member.Faults.Count, table.Faults.Count).ShouldBe((1, 1));
        member.Events.Count.ShouldBe(1, "nobody is dropped for an outage");
    }

    [Fact]
    public async Task Ends_must_be_told_by_table_readers_only_while_the_brokers_are_there()
    {
        using var reader = Kafka.CreateTableReader(new TableReaderOptions("reader"));
        Kafka.Append(Topic, 1, "k", "v");
        Kafka.TakeDown();

        (await Should.ThrowAsync<KafkaFaultException>(() => reader.Ends(Topic, 2, TimeSpan.FromMilliseconds(50)))).Fault.Code.ShouldBe("Local_AllBrokersDown");
        var question = reader.Ends(Topic, 2, Patience);
        question.IsCompleted.ShouldBeFalse();
        Kafka.BringUp();

        (await question).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task Topic_managers_must_fail_when_their_time_out_ends()
    {
        using var manager = Kafka.CreateTopicManager();
        Kafka.TakeDown();

        (await Should.ThrowAsync<KafkaFaultException>(() => manager.Describe([Topic]))).Fault.Kind.ShouldBe(FaultKind.Retriable);
        (await Should.ThrowAsync<KafkaFaultException>(() => manager.Offsets(Topic, 0))).Fault.Code.ShouldBe("Local_AllBrokersDown");
        Kafka.BringUp();

        (await manager.Describe([Topic])).Keys.ShouldBe([Topic]);
    }

    [Fact]
    public async Task A_topic_manager_must_answer_when_the_outage_ends_in_time()
    {
        var kafka = new InMemoryKafka(new InMemoryKafkaOptions { RequestTimeout = Patience });
        kafka.CreateTopic(Topic);
        kafka.TakeDown();
        var described = kafka.CreateTopicManager().Describe([Topic]);
        described.IsCompleted.ShouldBeFalse();

        kafka.BringUp();

        (await described).Keys.ShouldBe([Topic]);
    }

    [Fact]
    public void Commits_must_fail_during_an_outage_and_those_in_the_background_wait_for_its_end()
    {
        var member = OpenAssigned();
        Kafka.TakeDown();

        Should.Throw<KafkaFaultException>(() => member.Call(c => c.Commit([new TopicPartitionOffset(Topic, 0, 1)])))
            .Fault.Kind.ShouldBe(FaultKind.Retriable);
        member.Call(c => c.CommitInBackground([new TopicPartitionOffset(Topic, 0, 2)]));
        Kafka.CommittedOffset(Group, Topic, 0).ShouldBeNull();
        Kafka.BringUp();

        Await(() => Kafka.CommittedOffset(Group, Topic, 0) == 2);
    }

    [Fact]
    public void A_member_must_stay_in_its_group_however_long_an_outage_takes()
    {
        var time = new ManualTime();
        var kafka = new InMemoryKafka(new InMemoryKafkaOptions { Time = time });
        kafka.CreateTopic(Topic);
        using var consumer = kafka.CreateGroupConsumer(new GroupConsumerOptions(Group, "member"));
        var told = new GroupEventLog();
        consumer.Subscribe([Topic], told);
        consumer.Poll(TimeSpan.Zero, 1, NoRecords.Instance).ShouldBe(0);

        kafka.TakeDown();
        consumer.Poll(TimeSpan.Zero, 1, NoRecords.Instance).ShouldBe(0);
        time.Advance(TimeSpan.FromHours(1));
        kafka.BringUp();
        consumer.Poll(TimeSpan.Zero, 1, NoRecords.Instance).ShouldBe(0);

        told.All.ShouldBe([$"assigned {Topic}[0]", "fault Local_AllBrokersDown"]);
    }

    [Fact]
    public void A_poll_must_end_when_its_time_out_does()
    {
        var time = new ManualTime();
        var kafka = new InMemoryKafka(new InMemoryKafkaOptions { Time = time });
        kafka.CreateTopic(Topic);
        int? polled = null;
        var poller = new Thread(() =>
        {
            using var consumer = kafka.CreateGroupConsumer(new GroupConsumerOptions(Group, "member"));
            consumer.Subscribe([Topic], new GroupEventLog());
            polled = consumer.Poll(TimeSpan.FromMinutes(1), 1, NoRecords.Instance);
        }) { IsBackground = true };
        poller.Start();
        // Armed when it waits for its time-out.
        time.AwaitArmed(1, Patience);
        time.Advance(TimeSpan.FromSeconds(59));
        poller.Join(TimeSpan.Zero).ShouldBeFalse();

        time.Advance(TimeSpan.FromSeconds(1));

        poller.Join(Patience).ShouldBeTrue();
        polled.ShouldBe(0);
    }
}
