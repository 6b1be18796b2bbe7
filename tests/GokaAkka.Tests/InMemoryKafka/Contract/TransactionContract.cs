namespace GokaAkka.Testing.Tests;

/// <summary>What transactions must do, given a broker that keeps them apart.</summary>
public abstract class TransactionContract(IKafkaClient? client = null) : KafkaClientContract(client)
{
    [Fact]
    public void Records_must_be_seen_when_their_transaction_is_committed_and_not_before()
    {
        var producer = OpenTransactional();
        var member = OpenAssigned(Topic, 1);
        producer.BeginTransaction();
        Send(producer, Topic, 0, "a", "1");
        producer.Flush(Patience).ShouldBeTrue();
        // Three turns of the polling loop: what could be read has been read.
        for (var i = 0; i < 3; i++)
            member.Call(_ => { });
        member.Records.ShouldBeEmpty();

        producer.CommitTransaction(Patience);

        member.AwaitRecords(1);
    }

    [Fact]
    public void Records_of_an_aborted_transaction_must_never_be_seen()
    {
        var producer = OpenTransactional();
        producer.BeginTransaction();
        Send(producer, Topic, 0, "a", "aborted");
        producer.Flush(Patience).ShouldBeTrue();
        producer.AbortTransaction(Patience);
        producer.BeginTransaction();
        Send(producer, Topic, 0, "a", "committed");
        producer.CommitTransaction(Patience);

        var member = OpenMember(Group, [Topic]);

        member.AwaitRecords(1);
        member.Records.Single().Value.ShouldBe("committed");
    }

    [Fact]
    public void A_table_that_ends_in_a_marker_must_be_read_to_its_end()
    {
        var producer = OpenTransactional();
        producer.BeginTransaction();
        Send(producer, Topic, 0, "a", "1");
        producer.CommitTransaction(Patience);

        Open(Reader.Subscribe(Topic, 0, 0, Log)).Request(1000);

        Log.AwaitEnd(2, Patience);
        Log.Records.Select(r => r.Offset).ShouldBe([0]);
    }

    [Fact]
    public void Offsets_must_be_committed_with_their_transaction()
    {
        var (member, producer) = (OpenMember(Group, [Topic]), OpenTransactional());
        member.AwaitAssignment(1);

        SendOffset(producer, member, Topic, 5);
        producer.AbortTransaction(Patience);
        Committed(member, Topic).ShouldBeEmpty();
        SendOffset(producer, member, Topic, 7);
        producer.CommitTransaction(Patience);

        Committed(member, Topic).ShouldBe([new TopicPartitionOffset(Topic, 0, 7) { TopicId = Topic }]);
    }

    [Fact]
    public void A_producer_must_be_fenced_by_a_newer_one_of_its_id()
    {
        var id = Unique("id");
        var old = OpenTransactional(id);
        var failures = new FailureLog(old);
        old.BeginTransaction();
        Send(old, Topic, 0, "a", "zombie");
        old.Flush(Patience).ShouldBeTrue();

        var newer = OpenTransactional(id);

        Should.Throw<KafkaFaultException>(() => old.CommitTransaction(Patience)).Fault.Kind.ShouldBe(FaultKind.Fatal);
        failures.AwaitOne(Patience);
        newer.BeginTransaction();
        Send(newer, Topic, 0, "a", "alive");
        newer.CommitTransaction(Patience);
        var member = OpenMember(Group, [Topic]);
        member.AwaitRecords(1);
        member.Records.Single().Value.ShouldBe("alive");
    }

    [Fact]
    public void Offsets_read_under_an_earlier_generation_must_abort_the_transaction()
    {
        var producer = OpenTransactional();
        var first = OpenAssigned(WideTopic, 2, "first");
        var stale = first.Call(c => c.Membership);
        OpenAssigned(WideTopic, 1, "second");
        producer.BeginTransaction();

        var error = Should.Throw<KafkaFaultException>(
            () => producer.SendOffsetsToTransaction([new TopicPartitionOffset(WideTopic, 0, 1)], stale, Patience));

        error.Fault.Kind.ShouldBe(FaultKind.AbortsTransaction);
        producer.AbortTransaction(Patience);
        producer.BeginTransaction();
        producer.AbortTransaction(Patience);
    }

    protected IRecordProducer OpenTransactional(string? id = null)
    {
        var producer = OpenProducer(id ?? Unique("id"));
        producer.InitTransactions(Patience);
        return producer;
    }

    void SendOffset(IRecordProducer producer, PollingMember member, string topic, long offset)
    {
        producer.BeginTransaction();
        var membership = member.Call(c => c.Membership);
        membership.Group.ShouldStartWith("group-");
        producer.SendOffsetsToTransaction([new TopicPartitionOffset(topic, 0, offset) { TopicId = topic }], membership, Patience);
    }

    IReadOnlyList<TopicPartitionOffset> Committed(PollingMember member, string topic) =>
        member.Call(c => c.Committed([new TopicPartition(topic, 0)], Patience));
}
