using Confluent.Kafka;

namespace GokaAkka.Integration.Tests.Contract;

/// <summary>What a table reader does on a cluster where things go wrong: where brokers, retention and listeners get in its way.</summary>
public abstract class TableReaderFaultContract : KafkaClientContract
{
    protected const int Many = 1_000_000;

    /// <summary>The broker of this test alone.</summary>
    protected abstract EmbeddedBroker Broker { get; }

    [Fact]
    public void A_reader_must_go_on_by_itself_when_its_broker_was_away_and_tell_it_without_a_flood()
    {
        Produce(Topic, 0, ("a", "1"));
        Open(Reader.Subscribe(Topic, 0, 0, Log)).Request(Many);
        Log.AwaitEnd(1, Patience);

        for (var outage = 1; outage <= 3; outage++)
        {
            Broker.BrokerDown();
            Log.Await("all brokers down", Patience, () => Log.Faults.Any(f => f.Code == nameof(ErrorCode.Local_AllBrokersDown)));
            Broker.BrokerUp();
            Produce(Topic, 0, ("b", $"{outage}"));
            Log.AwaitRecords(outage + 1, Patience);
        }

        Log.Records.Select(r => r.Offset).ShouldBe([0, 1, 2, 3]);
        Log.Faults.ShouldAllBe(f => f.Kind == FaultKind.Retriable, Log.ToString());
        Log.Faults.GroupBy(f => f.Code).ShouldAllBe(g => g.Count() == 1, Log.ToString());
    }

    [Fact]
    public void A_reader_that_starts_before_its_broker_must_read_when_that_is_there()
    {
        Produce(Topic, 0, ("a", "1"));
        Broker.BrokerDown();
        Open(Reader.Subscribe(Topic, 0, 0, Log)).Request(Many);
        Log.AwaitFault(Patience);

        Broker.BrokerUp();

        Log.AwaitEnd(1, Patience);
        Log.Records.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Ends_must_be_told_of_an_idle_topic_only_while_its_broker_is_there()
    {
        Produce(WideTopic, 1, ("a", "1"));
        Open(Reader.Subscribe(WideTopic, 1, 0, Log)).Request(Many);
        Log.AwaitEnd(1, Patience);
        (await Reader.Ends(WideTopic, 2, Patience)).ShouldBe([0, 1]);

        Broker.BrokerDown();
        var error = await Should.ThrowAsync<KafkaFaultException>(() => Reader.Ends(WideTopic, 2, TimeSpan.FromMilliseconds(500)));
        error.Fault.Kind.ShouldBe(FaultKind.Retriable, $"{error.Fault}");
        error.Message.ShouldContain(WideTopic);
        error.Message.ShouldContain(Broker.BootstrapServers);
        Broker.BrokerUp();

        for (var clock = Stopwatch.StartNew(); ;)
        {
            try
            {
                (await Reader.Ends(WideTopic, 2, Patience)).ShouldBe([0, 1]);
                return;
            }
            catch (KafkaFaultException e) when (e.Fault.Kind == FaultKind.Retriable && clock.Elapsed < Patience)
            {
                // Not connected again yet.
            }
        }
    }

    [Fact]
    public async Task Ends_must_not_be_told_while_a_partition_has_no_leader()
    {
        (await Reader.Ends(WideTopic, 2, Patience)).ShouldBe([0, 0]);

        Broker.RemoveLeader(WideTopic, 1);
        await Should.ThrowAsync<KafkaFaultException>(async () =>
        {
            // The client asks the old leader until its metadata tell of the loss.
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < Patience)
                await Reader.Ends(WideTopic, 2, TimeSpan.FromMilliseconds(500));
        });
        Broker.MoveLeader(WideTopic, 1, 1);

        (await Reader.Ends(WideTopic, 2, Patience)).ShouldBe([0, 0]);
    }

    [Fact]
    public void An_offset_that_is_not_kept_any_more_must_be_told_and_the_read_begin_at_the_first_that_is()
    {
        Fill(Topic, megabytes: 7);
        var low = Low(Topic);
        low.ShouldBeGreaterThan(0, "the broker keeps 5 MB");

        Open(Reader.Subscribe(Topic, 0, 0, Log)).Request(Many);

        Log.AwaitEnd(7, Patience);
        Log.Records.Select(r => r.Offset).ShouldBe(Enumerable.Range((int)low, 7 - (int)low).Select(i => (long)i));
        Log.Faults.ShouldContain(f => f.Kind == FaultKind.Retriable && f.Reason.Contains($"{Topic}[0] does not hold offset 0"));
    }

    [Fact]
    public void An_offset_beyond_the_end_must_be_told_and_the_read_begin_at_the_first_kept()
    {
        Produce(Topic, 0, ("a", "1"), ("b", "2"));

        Open(Reader.Subscribe(Topic, 0, 17, Log)).Request(Many);

        Log.AwaitEnd(2, Patience);
        Log.Records.Select(r => r.Offset).ShouldBe([0, 1]);
        Log.Faults.ShouldContain(f => f.Kind == FaultKind.Retriable && f.Reason.Contains($"{Topic}[0] does not hold offset 17"));
    }

    [Fact]
    public void Batches_must_come_as_they_are_asked_for_and_the_end_after_the_last_of_them()
    {
        const int Partitions = 4, Count = 30_000;
        var topic = NewTopic(Partitions);
        for (var partition = 0; partition < Partitions; partition++)
            Produce(topic, partition, [.. Enumerable.Range(0, Count).Select(i => ($"{i}", (string?)"v"))]);
        var asked = Enumerable.Range(0, Partitions).Select(_ => new AskingListener()).ToArray();
        var subscriptions = Enumerable.Range(0, Partitions).Select(p => Open(Reader.Subscribe(topic, p, 0, asked[p]))).ToArray();

        // Round about, one batch at a time: at any moment all but one partition wait.
        var clock = Stopwatch.StartNew();
        while (asked.Any(a => !a.HasEnded) && clock.Elapsed < Patience)
        {
            for (var p = 0; p < Partitions; p++)
            {
                if (!asked[p].HasEnded)
                    asked[p].AwaitNext(subscriptions[p], Patience);
            }
        }

        foreach (var listener in asked)
        {
            listener.Offsets.ShouldBe(Enumerable.Range(0, Count).Select(i => (long)i), listener.ToString());
            listener.Unasked.ShouldBe(0);
            // It may be told again as long as there is nothing behind it.
            listener.Calls.SkipWhile(c => !c.StartsWith("end", StringComparison.Ordinal)).Distinct().ShouldBe([$"end {Count}"], listener.ToString());
        }
    }

    [Fact]
    public void A_partition_that_waited_when_it_was_dropped_must_flow_when_it_is_subscribed_to_again()
    {
        Produce(WideTopic, 0, [.. Enumerable.Range(0, 25_000).Select(i => ($"{i}", (string?)"v"))]);
        var other = new TableLog();
        Open(Reader.Subscribe(WideTopic, 1, 0, other)).Request(Many);
        var waiting = Reader.Subscribe(WideTopic, 0, 0, new TableLog());
        // A round over the other partition after this one is full: it is paused then.
        AwaitFull(WideTopic, other);
        waiting.Dispose();

        Open(Reader.Subscribe(WideTopic, 0, 0, Log)).Request(Many);

        Log.AwaitEnd(25_000, Patience);
        Log.Records.Select(r => r.Offset).ShouldBe(Enumerable.Range(0, 25_000).Select(i => (long)i));
    }

    [Fact]
    public void Batches_of_large_records_must_stay_small()
    {
        Fill(Topic, megabytes: 4);

        Open(Reader.Subscribe(Topic, 0, 0, Log)).Request(Many);

        Log.AwaitEnd(4, Patience);
        Log.Calls.Count(c => c.StartsWith("read", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(2, "two records fill a batch: " + Log);
    }

    [Fact]
    public void Partitions_that_come_and_go_must_leave_the_others_where_they_are()
    {
        const int Partitions = 8, Count = 2_000;
        var topic = NewTopic(Partitions);
        for (var partition = 0; partition < Partitions; partition++)
            Produce(topic, partition, [.. Enumerable.Range(0, Count).Select(i => ($"{i}", (string?)"v"))]);
        var steady = new TableLog();
        Open(Reader.Subscribe(topic, 0, 0, steady)).Request(Many);

        for (var round = 0; round < 3; round++)
        {
            var logs = new List<TableLog>();
            var subscriptions = new List<ITableSubscription>();
            for (var partition = 1; partition < Partitions; partition++)
            {
                logs.Add(new TableLog());
                subscriptions.Add(Reader.Subscribe(topic, partition, 0, logs[^1]));
                subscriptions[^1].Request(Many);
            }

            Produce(topic, 0, ("round", $"{round}"));
            foreach (var log in logs)
            {
                log.AwaitEnd(Count, Patience);
                log.Records.Select(r => r.Offset).ShouldBe(Enumerable.Range(0, Count).Select(i => (long)i));
            }

            subscriptions.ForEach(s => s.Dispose());
        }

        steady.AwaitEnd(Count + 3, Patience);
        steady.Records.Select(r => r.Offset).ShouldBe(Enumerable.Range(0, Count + 3).Select(i => (long)i));
    }

    [Fact]
    public void A_reader_must_be_disposable_by_its_listener_and_again_and_take_no_more_partitions()
    {
        Produce(Topic, 0, ("a", "1"));
        var reader = Client.CreateTableReader(new TableReaderOptions("reader"));
        var log = new TableLog { OnRead = reader.Dispose };
        var subscription = reader.Subscribe(Topic, 0, 0, log);
        subscription.Request(Many);
        log.AwaitRecords(1, Patience);

        reader.Dispose();

        Should.Throw<ObjectDisposedException>(() => reader.Subscribe(Topic, 0, 0, log));
        subscription.Request(1);
        subscription.Dispose();
        subscription.Dispose();
    }

    [Fact]
    public void Disposing_must_be_quick_when_no_broker_answers()
    {
        var reader = Client.CreateTableReader(new TableReaderOptions("reader"));
        reader.Subscribe(Topic, 0, 0, Log).Request(Many);
        Log.AwaitEnd(0, Patience);
        Broker.BrokerDown();
        Log.AwaitFault(Patience);
        var question = reader.Ends(Topic, 1, TimeSpan.FromMinutes(5));
        var clock = Stopwatch.StartNew();

        reader.Dispose();

        Should.Throw<Exception>(() => question.WaitAsync(Patience)).ShouldSatisfyAllConditions(
            e => (e is KafkaFaultException or ObjectDisposedException).ShouldBeTrue($"{e}"));
        clock.Elapsed.ShouldBeLessThan(Patience);
    }

    [Fact]
    public void What_cannot_be_read_must_be_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Reader.Subscribe("t", 0, -1, new TableLog())).ParamName.ShouldBe("fromOffset");
        Should.Throw<ArgumentOutOfRangeException>(() => Open(Reader.Subscribe("t", 0, 0, new TableLog())).Request(-1)).ParamName.ShouldBe("batches");
    }

    void Fill(string topic, int megabytes)
    {
        for (var i = 0; i < megabytes; i++)
            Produce(topic, 0, ($"{i}", new string('x', 990_000)));
    }

    long Low(string topic)
    {
        using var manager = Client.CreateTopicManager();
        return manager.Offsets(topic, 0).WaitAsync(Patience).GetAwaiter().GetResult().Low;
    }

    void AwaitFull(string topic, TableLog other)
    {
        for (var i = 0; i < 5; i++)
        {
            Produce(topic, 1, ("turn", $"{i}"));
            other.AwaitEnd(i + 1, Patience);
        }
    }

    /// <summary>Asks for one batch and waits for it, or for the end.</summary>
    sealed class AskingListener : Observed, ITableListener
    {
        readonly List<long> _offsets = [];
        readonly List<string> _calls = [];
        int _asked;
        int _got;
        bool _ended;

        public bool HasEnded => Look(() => _ended);

        public int Unasked { get; private set; }

        public IReadOnlyList<long> Offsets => Look(() => _offsets.ToArray());

        public IReadOnlyList<string> Calls => Look(() => _calls.ToArray());

        public void AwaitNext(ITableSubscription subscription, TimeSpan patience)
        {
            var wanted = Look(() => ++_asked);
            subscription.Request(1);
            Await($"batch {wanted}", patience, () => _got >= wanted || _ended);
        }

        public void Read(RecordBatch batch) => See(() =>
        {
            using (batch)
            {
                if (++_got > _asked)
                    Unasked++;
                _calls.Add($"read {batch[0].Offset}..{batch[batch.Count - 1].Offset}");
                for (var i = 0; i < batch.Count; i++)
                    _offsets.Add(batch[i].Offset);
            }
        });

        public void ReachedEnd(long nextOffset) => See(() =>
        {
            _calls.Add($"end {nextOffset}");
            _ended = true;
        });

        public void Faulted(KafkaFault fault) => See(() => _calls.Add($"fault {fault}"));

        public override string ToString() => string.Join("; ", Calls);
    }
}
