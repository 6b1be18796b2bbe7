namespace GokaAkka.Testing.Tests;

/// <summary>What a producer must do.</summary>
public abstract class ProducerContract(IKafkaClient? client = null) : KafkaClientContract(client)
{
    [Fact]
    public void Deliveries_of_a_partition_must_be_told_in_order_with_the_offsets_they_got()
    {
        var deliveries = new[] { new DeliveryLog(), new DeliveryLog() };
        for (var i = 0; i < 500; i++)
            Send(Producer, WideTopic, i % 2, "k", $"{i}", deliveries[i % 2], i);

        Producer.Flush(Patience).ShouldBeTrue();

        for (var partition = 0; partition < 2; partition++)
        {
            deliveries[partition].Faults.ShouldBeEmpty();
            deliveries[partition].All.Select(d => d.Token).ShouldBe(Enumerable.Range(0, 250).Select(n => (2 * n) + partition));
            deliveries[partition].All.Select(d => d.Offset).ShouldBe(Enumerable.Range(0, 250).Select(n => (long)n));
        }
    }

    [Fact]
    public void A_delivery_must_be_told_on_another_thread_than_the_senders()
    {
        Send(Producer, Topic, 0, "k", "v", Deliveries);

        Deliveries.Await("delivery", Patience, () => Deliveries.Threads.Count > 0);
        Deliveries.Threads.ShouldNotContain(Environment.CurrentManagedThreadId);
    }

    [Fact]
    public void Every_record_sent_by_many_threads_must_be_told_once_and_be_in_the_log_once()
    {
        var (topic, producer) = (NewTopic(3), Producer);
        var senders = Enumerable.Range(0, 4).Select(sender => new Thread(() =>
        {
            for (var i = 0; i < 300; i++)
                Send(producer, topic, i % 3, "k", $"{sender}", Deliveries, (sender * 1000) + i);
        })).ToArray();
        foreach (var sender in senders)
            sender.Start();
        foreach (var sender in senders)
            sender.Join(Patience).ShouldBeTrue();

        Producer.Flush(Patience).ShouldBeTrue();

        Deliveries.All.Count.ShouldBe(1200);
        Deliveries.All.Select(d => d.Token).Distinct().Count().ShouldBe(1200);
        var member = OpenMember(Group, [topic]);
        member.AwaitRecords(1200);
        member.Records.Select(r => (r.Partition, r.Offset)).Distinct().Count().ShouldBe(1200);
    }

    [Fact]
    public void A_record_without_a_time_must_get_the_time_of_sending()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Produce(Topic, 0, ("k", "v"));
        var after = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        var member = OpenMember(Group, [Topic]);

        member.AwaitRecords(1);
        member.Records.Single().Timestamp.ShouldBeInRange(before, after);
    }

    [Fact]
    public void A_record_that_is_too_large_must_be_refused_at_once_and_not_be_told_again()
    {
        var refused = Should.Throw<KafkaFaultException>(() => Send(Producer, Topic, 0, "k", new string('x', 3_000_000), Deliveries, 1));
        Send(Producer, Topic, 0, "k", "small", Deliveries, 2);
        Producer.Flush(Patience).ShouldBeTrue();

        refused.Fault.Kind.ShouldBe(FaultKind.Record);
        Deliveries.All.ShouldBe([(2, 0L, null)]);
    }

    [Fact]
    public void A_record_for_a_partition_that_does_not_exist_must_fail_for_good()
    {
        try
        {
            Send(Producer, Topic, 7, "k", "v", Deliveries);
        }
        catch (KafkaFaultException e)
        {
            // Refused at once is as good: the listener hears nothing then.
            e.Fault.Kind.ShouldBe(FaultKind.Permanent);
            return;
        }

        Deliveries.Await("fault", Patience, () => Deliveries.Faults.Count == 1);
        Deliveries.Faults.Single().Kind.ShouldBe(FaultKind.Permanent);
    }

    [Fact]
    public void Flush_must_be_true_at_once_when_nothing_was_sent() =>
        OpenProducer().Flush(TimeSpan.Zero).ShouldBeTrue();
}
