namespace GokaAkka.Testing.Tests;

public sealed class TransactionFaultTests : InMemoryKafkaFixture
{
    static readonly KafkaFault Lost = new("Local_TimedOut", "ordered by the test", FaultKind.Retriable);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_commit_whose_answer_is_lost_must_be_committed_once_when_asked_again(bool takesEffect)
    {
        var producer = OpenTransaction();
        Send(producer, 0, "v");
        Kafka.FailTransactionCommit(Lost, takesEffect);

        Should.Throw<KafkaFaultException>(() => producer.CommitTransaction(Patience)).Fault.ShouldBe(Lost);
        Kafka.Read(Topic).Count.ShouldBe(takesEffect ? 1 : 0);
        producer.CommitTransaction(Patience);

        Kafka.ReadLog(Topic).Select(r => r.Status).ShouldBe([RecordStatus.Committed, RecordStatus.CommitMarker]);
    }

    [Fact]
    public void A_producer_made_anew_after_an_undecided_commit_must_see_it_decided()
    {
        var producer = OpenTransaction();
        Send(producer, 0, "v");
        Kafka.FailTransactionCommit(Lost, takesEffect: false);
        Should.Throw<KafkaFaultException>(() => producer.CommitTransaction(Patience));
        producer.Dispose();

        OpenProducer("id");

        Kafka.Read(Topic).ShouldBeEmpty();
        Kafka.Offsets(Topic, 0).ShouldBe(new OffsetRange(0, 2));
    }

    [Fact]
    public void A_failed_record_must_make_its_transaction_abort()
    {
        var producer = OpenTransaction();
        Kafka.FailSends(Topic, Refused);
        Send(producer, 0, "fails");
        producer.Flush(Patience).ShouldBeTrue();

        Should.Throw<KafkaFaultException>(() => Send(producer, 0, "too late")).Fault.Code.ShouldBe("Local_State");
        var error = Should.Throw<KafkaFaultException>(() => producer.CommitTransaction(Patience));
        producer.AbortTransaction(Patience);
        producer.BeginTransaction();
        Send(producer, 0, "next");
        producer.CommitTransaction(Patience);

        error.Fault.ShouldBe(Refused with { Kind = FaultKind.AbortsTransaction });
        Kafka.Read(Topic).Single().Text.ShouldBe("next");
    }

    [Fact]
    public void A_commit_must_time_out_while_acknowledgements_are_held_and_succeed_after()
    {
        var producer = OpenTransaction();
        using var hold = Kafka.HoldAcks(Topic);
        Send(producer, 0, "v");

        Should.Throw<KafkaFaultException>(() => producer.CommitTransaction(TimeSpan.FromMilliseconds(20))).Fault.Kind.ShouldBe(FaultKind.Retriable);
        hold.Dispose();
        producer.CommitTransaction(Patience);

        Kafka.Read(Topic).Count.ShouldBe(1);
    }

    [Fact]
    public void An_abort_must_not_wait_for_what_is_not_acknowledged_and_tell_its_senders()
    {
        var producer = OpenTransaction();
        using var hold = Kafka.HoldAcks(Topic);
        Send(producer, 0, "v", Deliveries);
        Await(() => Kafka.ReadLog(Topic).Count == 1);

        producer.AbortTransaction(Patience);

        Deliveries.Faults.Single().Code.ShouldStartWith("Local_Purge");
        Kafka.Read(Topic).ShouldBeEmpty();
        Kafka.ReadLog(Topic).Select(r => r.Status).ShouldBe([RecordStatus.Aborted, RecordStatus.AbortMarker]);
    }

    [Fact]
    public void What_was_queued_when_its_transaction_was_aborted_must_never_be_written()
    {
        var producer = OpenTransaction();
        Kafka.TakeDown();
        Send(producer, 0, "v", Deliveries);
        Should.Throw<KafkaFaultException>(() => producer.AbortTransaction(TimeSpan.FromMilliseconds(20))).Fault.Kind.ShouldBe(FaultKind.Retriable);
        Kafka.BringUp();

        producer.AbortTransaction(Patience);

        Deliveries.Faults.Single().Code.ShouldBe("Local_PurgeQueue");
        Kafka.ReadLog(Topic).ShouldBeEmpty();
    }

    [Fact]
    public void A_group_must_wait_for_the_end_of_a_transaction_with_its_offsets_before_it_reads()
    {
        Kafka.Append(Topic, 0, "k", "0");
        Kafka.Append(Topic, 0, "k", "1");
        var first = OpenAssigned("first");
        var producer = OpenTransaction();
        producer.SendOffsetsToTransaction([new TopicPartitionOffset(Topic, 0, 1)], first.Call(c => c.Membership), Patience);
        first.Close();
        var second = OpenAssigned("second");
        Kafka.Append(Topic, 1, "other", "v");
        second.AwaitRecords(1);
        second.Records.Single().Partition.ShouldBe(1);

        producer.CommitTransaction(Patience);

        second.AwaitRecords(2);
        second.Records[^1].Offset.ShouldBe(1);
    }

    [Fact]
    public void A_producer_must_say_what_it_needs_when_its_calls_come_in_the_wrong_order()
    {
        var plain = OpenProducer();
        Should.Throw<InvalidOperationException>(plain.BeginTransaction).Message.ShouldContain("transactional id");
        var producer = OpenProducer("id");

        Should.Throw<KafkaFaultException>(() => Send(producer, 0, "v")).Fault.Code.ShouldBe("Local_State");
        Should.Throw<KafkaFaultException>(() => producer.CommitTransaction(Patience)).Message.ShouldContain("Ready, which must be Open");
        producer.BeginTransaction();
        Should.Throw<KafkaFaultException>(producer.BeginTransaction).Fault.Code.ShouldBe("Local_State");
        Should.Throw<ArgumentException>(() => producer.SendOffsetsToTransaction([], new ForeignMembership(), Patience))
            .Message.ShouldContain(nameof(ForeignMembership));
    }

    sealed class ForeignMembership : IGroupMembership
    {
        public string Group => "group";
    }
}
