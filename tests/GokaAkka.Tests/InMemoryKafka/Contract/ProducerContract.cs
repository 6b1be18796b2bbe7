namespace GokaAkka.Testing.Tests;

/// <summary>What a producer must do.</summary>
public abstract class ProducerContract(IKafkaClient? client = null) : KafkaClientContract(client)
{
    [Fact]
    public void Deliveries_of_a_partition_must_be_told_in_order_with_the_offsets_they_got()
    {
        var topic = NewTopic(2);
        var producer = OpenProducer();
        var deliveries = new[] { new DeliveryLog(), new DeliveryLog() };
        for (var i = 0; i < 500; i++)
            Send(producer, topic, i % 2, "k", $"{i}", deliveries[i % 2], i);

        producer.Flush(Patience).ShouldBeTrue();

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
        var topic = NewTopic();
        var deliveries = new DeliveryLog();
        var producer = OpenProducer();

        Send(producer, topic, 0, "k", "v", deliveries);

        deliveries.Await("delivery", Patience, () => deliveries.Threads.Count > 0);
        deliveries.Threads.ShouldNotContain(Environment.CurrentManagedThreadId);
    }

    [Fact]
    public void Every_record_sent_by_many_threads_must_be_told_once_and_be_in_the_log_once()
    {
        var topic = NewTopic(3);
        var producer = OpenProducer();
        var deliveries = new DeliveryLog();
        var senders = Enumerable.Range(0, 4).Select(sender => new Thread(() =>
        {
            for (var i = 0; i < 300; i++)
                Send(producer, topic, i % 3, "k", $"{sender}", deliveries, (sender * 1000) + i);
        })).ToArray();
        foreach (var sender in senders)
            sender.Start();
        foreach (var sender in senders)
            sender.Join(Patience).ShouldBeTrue();

        producer.Flush(Patience).ShouldBeTrue();

        deliveries.All.Count.ShouldBe(1200);
        deliveries.All.Select(d => d.Token).Distinct().Count().ShouldBe(1200);
        var member = OpenMember(Unique("group"), [topic]);
        member.AwaitRecords(1200);
        member.Records.Select(r => (r.Partition, r.Offset)).Distinct().Count().ShouldBe(1200);
    }

    [Fact]
    public void A_record_without_a_time_must_get_the_time_of_sending()
    {
        var topic = NewTopic();
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Produce(topic, 0, ("k", "v"));
        var after = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        var member = OpenMember(Unique("group"), [topic]);

        member.AwaitRecords(1);
        member.Records.Single().Timestamp.ShouldBeInRange(before, after);
    }

    [Fact]
    public void A_record_that_is_too_large_must_be_refused_at_once_and_not_be_told_again()
    {
        var topic = NewTopic();
        var producer = OpenProducer();
        var deliveries = new DeliveryLog();

        var refused = Should.Throw<KafkaFaultException>(() => Send(producer, topic, 0, "k", new string('x', 3_000_000), deliveries, 1));
        Send(producer, topic, 0, "k", "small", deliveries, 2);
        producer.Flush(Patience).ShouldBeTrue();

        refused.Fault.Kind.ShouldBe(FaultKind.Record);
        deliveries.All.ShouldBe([(2, 0L, null)]);
    }

    [Fact]
    public void A_record_for_a_partition_that_does_not_exist_must_fail_for_good()
    {
        var topic = NewTopic();
        var producer = OpenProducer();
        var deliveries = new DeliveryLog();

        try
        {
            Send(producer, topic, 7, "k", "v", deliveries);
        }
        catch (KafkaFaultException e)
        {
            // Refused at once is as good: the listener hears nothing then.
            e.Fault.Kind.ShouldBe(FaultKind.Permanent);
            return;
        }

        deliveries.Await("fault", Patience, () => deliveries.Faults.Count == 1);
        deliveries.Faults.Single().Kind.ShouldBe(FaultKind.Permanent);
    }

    [Fact]
    public void Flush_must_be_true_at_once_when_nothing_was_sent() =>
        OpenProducer().Flush(TimeSpan.Zero).ShouldBeTrue();
}
