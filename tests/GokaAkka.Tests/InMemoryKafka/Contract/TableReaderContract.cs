namespace GokaAkka.Testing.Tests;

/// <summary>What a table reader must do.</summary>
public abstract class TableReaderContract(IKafkaClient? client = null) : KafkaClientContract(client)
{
    const int Many = 1_000_000;

    [Fact]
    public void A_subscription_must_read_from_its_offset_on_and_tell_the_end_after_the_records()
    {
        Produce(Topic, 0, ("a", "1"), ("b", "2"), ("c", null));

        var (log, _) = Subscribe(Topic, 0, from: 1);

        log.AwaitEnd(3, Patience);
        log.Records.Select(r => (r.Offset, r.Key, r.Value)).ShouldBe([(1, "b", "2"), (2, "c", null)]);
        log.Calls[^1].ShouldBe("end 3");
    }

    [Fact]
    public void A_subscription_must_follow_what_is_appended_and_tell_each_end()
    {
        Produce(Topic, 0, ("a", "1"));
        var (log, _) = Subscribe(Topic, 0);
        log.AwaitEnd(1, Patience);

        Produce(Topic, 0, ("b", "2"));

        log.AwaitEnd(2, Patience);
        log.Records.Select(r => r.Offset).ShouldBe([0, 1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_subscription_at_the_end_must_tell_the_end_without_a_record(int records)
    {
        Produce(Topic, 0, [.. Enumerable.Range(0, records).Select(i => ($"{i}", (string?)"v"))]);

        var (log, _) = Subscribe(Topic, 0, from: records);

        log.AwaitEnd(records, Patience);
        log.Records.ShouldBeEmpty();
    }

    [Fact]
    public void No_batch_must_come_that_was_not_asked_for()
    {
        Produce(WideTopic, 0, ("a", "1"));
        var (waiting, other) = (new TableLog(), new TableLog());
        var subscription = Open(Reader.Subscribe(WideTopic, 0, 0, waiting));
        Open(Reader.Subscribe(WideTopic, 1, 0, other)).Request(1);
        other.AwaitEnd(0, Patience);
        // The reader has gone round all its partitions when it has read what came after that.
        Produce(WideTopic, 1, ("b", "2"));
        other.AwaitRecords(1, Patience);

        waiting.Records.ShouldBeEmpty();
        subscription.Request(1);

        waiting.AwaitRecords(1, Patience);
    }

    [Fact]
    public void As_many_batches_must_come_as_were_asked_for()
    {
        Produce(Topic, 0, [.. Enumerable.Range(0, 5000).Select(i => ($"{i}", (string?)"v"))]);
        var subscription = Open(Reader.Subscribe(Topic, 0, 0, Log));
        Log.OnRead = () => subscription.Request(1);

        subscription.Request(1);

        Log.AwaitEnd(5000, Patience);
        Log.Records.Select(r => r.Offset).ShouldBe(Enumerable.Range(0, 5000).Select(i => (long)i));
    }

    [Fact]
    public void Nothing_must_come_for_a_subscription_that_was_disposed()
    {
        var (gone, other) = (new TableLog(), new TableLog());
        var subscription = Reader.Subscribe(WideTopic, 0, 0, gone);
        subscription.Request(Many);
        Open(Reader.Subscribe(WideTopic, 1, 0, other)).Request(Many);
        gone.AwaitEnd(0, Patience);
        subscription.Dispose();

        Produce(WideTopic, 0, ("a", "1"));
        Produce(WideTopic, 1, ("b", "2"));

        other.AwaitRecords(1, Patience);
        gone.Records.ShouldBeEmpty();
    }

    [Fact]
    public void A_partition_that_was_dropped_must_be_readable_again()
    {
        Produce(Topic, 0, ("a", "1"), ("b", "2"));
        var first = new TableLog();
        var subscription = Reader.Subscribe(Topic, 0, 0, first);
        subscription.Request(Many);
        first.AwaitEnd(2, Patience);
        subscription.Dispose();
        var again = new TableLog();

        Open(Reader.Subscribe(Topic, 0, 1, again)).Request(Many);

        again.AwaitEnd(2, Patience);
        again.Records.Select(r => r.Offset).ShouldBe([1]);
    }

    [Fact]
    public void Partitions_of_one_reader_must_not_mix()
    {
        var topic = NewTopic(3);
        for (var partition = 0; partition < 3; partition++)
            Produce(topic, partition, [.. Enumerable.Range(0, 100).Select(i => ($"{i}", (string?)"v"))]);
        var logs = Enumerable.Range(0, 3).Select(_ => new TableLog()).ToArray();

        for (var partition = 0; partition < 3; partition++)
            Open(Reader.Subscribe(topic, partition, 0, logs[partition])).Request(Many);

        for (var partition = 0; partition < 3; partition++)
        {
            logs[partition].AwaitEnd(100, Patience);
            logs[partition].Records.ShouldAllBe(r => r.Partition == partition);
            logs[partition].Records.Select(r => r.Offset).ShouldBe(Enumerable.Range(0, 100).Select(i => (long)i));
        }
    }

    [Fact]
    public async Task The_ends_of_all_partitions_must_be_told_whether_they_are_read_or_not()
    {
        var topic = NewTopic(3);
        Produce(topic, 0, ("a", "1"), ("b", "2"));
        Produce(topic, 2, ("c", "3"));
        Open(Reader.Subscribe(topic, 1, 0, new TableLog())).Request(Many);

        (await Reader.Ends(topic, 3, Patience)).ShouldBe([2, 0, 1]);
        Produce(topic, 1, ("d", "4"));
        (await Reader.Ends(topic, 3, Patience)).ShouldBe([2, 1, 1]);
    }

    [Fact]
    public async Task A_reader_that_is_disposed_must_refuse_to_tell_ends()
    {
        var reader = Client.CreateTableReader(new TableReaderOptions("reader"));

        reader.Dispose();

        await Should.ThrowAsync<ObjectDisposedException>(() => reader.Ends(Topic, 1, Patience));
    }

    [Fact]
    public void A_listener_that_throws_must_hear_of_it_and_not_harm_the_others()
    {
        Produce(WideTopic, 0, ("a", "1"));
        var (bad, good) = (new TableLog { OnRead = () => throw new InvalidOperationException("broken") }, new TableLog());
        Open(Reader.Subscribe(WideTopic, 0, 0, bad)).Request(Many);
        bad.AwaitFault(Patience);
        Produce(WideTopic, 0, ("b", "2"));
        Produce(WideTopic, 1, ("c", "3"));

        Open(Reader.Subscribe(WideTopic, 1, 0, good)).Request(Many);

        good.AwaitRecords(1, Patience);
        bad.Faults.Single().ShouldSatisfyAllConditions(f => f.Kind.ShouldBe(FaultKind.Fatal), f => f.Reason.ShouldContain("broken"));
        bad.Records.Count.ShouldBe(1);
    }

    [Fact]
    public void A_newer_subscription_of_a_partition_must_take_it_over()
    {
        Produce(Topic, 0, ("a", "1"));
        var (older, newer) = (new TableLog(), new TableLog());
        Open(Reader.Subscribe(Topic, 0, 0, older)).Request(10);
        older.AwaitEnd(1, Patience);

        Open(Reader.Subscribe(Topic, 0, 0, newer)).Request(10);
        newer.AwaitEnd(1, Patience);
        Produce(Topic, 0, ("b", "2"));
        newer.AwaitEnd(2, Patience);
        Produce(Topic, 0, ("c", "3"));
        newer.AwaitEnd(3, Patience);

        newer.Records.Select(r => r.Offset).ShouldBe([0, 1, 2]);
        older.Records.Select(r => r.Offset).ShouldBe([0]);
    }

    /// <summary>Reads a partition with no limit on batches.</summary>
    protected (TableLog Log, ITableSubscription Subscription) Subscribe(string topic, int partition, long from = 0)
    {
        var reader = Open(Client.CreateTableReader(new TableReaderOptions("reader")));
        var log = new TableLog();
        var subscription = Open(reader.Subscribe(topic, partition, from, log));
        subscription.Request(Many);
        return (log, subscription);
    }
}
