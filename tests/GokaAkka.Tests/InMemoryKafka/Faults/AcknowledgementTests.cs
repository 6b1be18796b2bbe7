namespace GokaAkka.Testing.Tests;

public sealed class AcknowledgementTests : InMemoryKafkaFixture
{
    [Fact]
    public void A_held_acknowledgement_must_come_when_it_is_released_though_the_record_is_in_the_log()
    {
        var (held, other) = (new DeliveryLog(), new DeliveryLog());
        using var hold = Kafka.HoldAcks(Topic, 0);
        Send(Producer, 0, "late", held, 1);
        Send(Producer, 1, "at once", other, 2);

        other.Await("delivery", Patience, () => other.All.Count == 1);

        Kafka.Read(Topic).Count.ShouldBe(2);
        held.All.ShouldBeEmpty();
        Producer.Flush(TimeSpan.Zero).ShouldBeFalse();
        hold.Dispose();
        Producer.Flush(Patience).ShouldBeTrue();
        held.All.ShouldBe([(1, 0L, null)]);
    }

    [Fact]
    public void Released_acknowledgements_must_come_in_order_and_no_more_than_released()
    {
        using var hold = Kafka.HoldAcks(Topic);
        for (var i = 0; i < 3; i++)
            Send(Producer, 0, $"{i}", Deliveries, i);
        Await(() => Kafka.Read(Topic).Count == 3);
        var marker = new DeliveryLog();

        hold.Release(2);
        Deliveries.Await("two deliveries", Patience, () => Deliveries.All.Count == 2);
        // What is sent to another topic afterwards comes through: the producer has looked at all it could tell.
        Kafka.CreateTopic("other");
        Producer.Send("other", 0, "k"u8, "v"u8, false, null, -1, marker, 0);
        marker.Await("delivery", Patience, () => marker.All.Count == 1);

        Deliveries.All.Select(d => d.Token).ShouldBe([0, 1]);
        hold.Release(1);
        Producer.Flush(Patience).ShouldBeTrue();
        Deliveries.All.Select(d => d.Token).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void Ordered_send_faults_must_strike_so_many_records_of_the_topic_and_no_other()
    {
        Kafka.FailSends(Topic, Refused, count: 2, partition: 1);
        Send(Producer, 0, "a", Deliveries, 0);
        for (var i = 1; i <= 3; i++)
            Send(Producer, 1, "b", Deliveries, i);
        Producer.Flush(Patience).ShouldBeTrue();

        Deliveries.All.Select(d => (d.Token, d.Fault)).ShouldBe([(0, null), (1, Refused), (2, Refused), (3, null)]);
        Kafka.Read(Topic, 1).Single().Offset.ShouldBe(0);
    }

    [Fact]
    public void A_fatal_send_fault_must_end_the_producer_and_say_so_once()
    {
        var failures = new FailureLog(Producer);
        var fatal = Refused with { Kind = FaultKind.Fatal };
        Kafka.FailSends(Topic, fatal);

        using (Kafka.HoldAcks(Topic))
        {
            Send(Producer, 0, "fails", Deliveries);
            failures.AwaitOne(Patience);
        }

        Should.Throw<KafkaFaultException>(() => Send(Producer, 0, "too late")).Fault.ShouldBe(fatal);
        Producer.Flush(Patience).ShouldBeTrue();
        Deliveries.Faults.ShouldBe([fatal]);
        failures.All.ShouldBe([fatal]);
    }

    [Fact]
    public void A_listener_that_throws_must_end_the_producer_with_its_exception()
    {
        var failures = new FailureLog(Producer);

        Send(Producer, 0, "v", new CallingListener(() => throw new InvalidOperationException("thrown by the test")));

        failures.AwaitOne(Patience);
        failures.All[0].Kind.ShouldBe(FaultKind.Fatal);
        failures.All[0].Reason.ShouldContain("thrown by the test");
    }

    [Fact]
    public void Disposing_must_tell_all_that_is_not_acknowledged()
    {
        using var hold = Kafka.HoldAcks(Topic);
        for (var i = 0; i < 4; i++)
            Send(Producer, 0, $"{i}", Deliveries, i);

        Producer.Dispose();

        Deliveries.Await("faults", Patience, () => Deliveries.Faults.Count == 4);
        Deliveries.Faults.ShouldAllBe(f => f.Kind == FaultKind.Retriable);
    }
}
