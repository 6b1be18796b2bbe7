namespace GokaAkka.Testing.Tests;

public sealed class AcknowledgementTests : InMemoryKafkaFixture
{
    [Fact]
    public void A_held_acknowledgement_must_come_when_it_is_released_though_the_record_is_in_the_log()
    {
        var producer = OpenProducer();
        var (held, other) = (new DeliveryLog(), new DeliveryLog());
        using var hold = Kafka.HoldAcks(Topic, 0);
        Send(producer, 0, "late", held, 1);
        Send(producer, 1, "at once", other, 2);

        other.Await("delivery", Patience, () => other.All.Count == 1);

        Kafka.Read(Topic).Count.ShouldBe(2);
        held.All.ShouldBeEmpty();
        producer.Flush(TimeSpan.Zero).ShouldBeFalse();
        hold.Dispose();
        producer.Flush(Patience).ShouldBeTrue();
        held.All.ShouldBe([(1, 0L, null)]);
    }

    [Fact]
    public void Released_acknowledgements_must_come_in_order_and_no_more_than_released()
    {
        var producer = OpenProducer();
        var deliveries = new DeliveryLog();
        using var hold = Kafka.HoldAcks(Topic);
        for (var i = 0; i < 3; i++)
            Send(producer, 0, $"{i}", deliveries, i);
        Await(() => Kafka.Read(Topic).Count == 3);
        var marker = new DeliveryLog();

        hold.Release(2);
        deliveries.Await("two deliveries", Patience, () => deliveries.All.Count == 2);
        // What is sent to another topic afterwards comes through: the producer has looked at all it could tell.
        Kafka.CreateTopic("other");
        producer.Send("other", 0, "k"u8, "v"u8, false, null, -1, marker, 0);
        marker.Await("delivery", Patience, () => marker.All.Count == 1);

        deliveries.All.Select(d => d.Token).ShouldBe([0, 1]);
        hold.Release(1);
        producer.Flush(Patience).ShouldBeTrue();
        deliveries.All.Select(d => d.Token).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void Ordered_send_faults_must_strike_so_many_records_of_the_topic_and_no_other()
    {
        var producer = OpenProducer();
        var deliveries = new DeliveryLog();
        Kafka.FailSends(Topic, Refused, count: 2, partition: 1);
        Send(producer, 0, "a", deliveries, 0);
        for (var i = 1; i <= 3; i++)
            Send(producer, 1, "b", deliveries, i);
        producer.Flush(Patience).ShouldBeTrue();

        deliveries.All.Select(d => (d.Token, d.Fault)).ShouldBe([(0, null), (1, Refused), (2, Refused), (3, null)]);
        Kafka.Read(Topic, 1).Single().Offset.ShouldBe(0);
    }

    [Fact]
    public void A_fatal_send_fault_must_end_the_producer_and_say_so_once()
    {
        var producer = OpenProducer();
        var deliveries = new DeliveryLog();
        var failures = new FailureLog(producer);
        var fatal = Refused with { Kind = FaultKind.Fatal };
        Kafka.FailSends(Topic, fatal);

        using (Kafka.HoldAcks(Topic))
        {
            Send(producer, 0, "fails", deliveries);
            failures.AwaitOne(Patience);
        }

        Should.Throw<KafkaFaultException>(() => Send(producer, 0, "too late")).Fault.ShouldBe(fatal);
        producer.Flush(Patience).ShouldBeTrue();
        deliveries.Faults.ShouldBe([fatal]);
        failures.All.ShouldBe([fatal]);
    }

    [Fact]
    public void A_listener_that_throws_must_end_the_producer_with_its_exception()
    {
        var producer = OpenProducer();
        var failures = new FailureLog(producer);

        Send(producer, 0, "v", new CallingListener(() => throw new InvalidOperationException("thrown by the test")));

        failures.AwaitOne(Patience);
        failures.All[0].Kind.ShouldBe(FaultKind.Fatal);
        failures.All[0].Reason.ShouldContain("thrown by the test");
    }

    [Fact]
    public void Disposing_must_tell_all_that_is_not_acknowledged()
    {
        var producer = OpenProducer();
        var deliveries = new DeliveryLog();
        using var hold = Kafka.HoldAcks(Topic);
        for (var i = 0; i < 4; i++)
            Send(producer, 0, $"{i}", deliveries, i);

        producer.Dispose();

        deliveries.Await("faults", Patience, () => deliveries.Faults.Count == 4);
        deliveries.Faults.ShouldAllBe(f => f.Kind == FaultKind.Retriable);
    }
}
