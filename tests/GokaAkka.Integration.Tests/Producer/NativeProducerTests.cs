using Confluent.Kafka;
using GokaAkka.Kafka.Confluent;
using GokaAkka.Kafka.Native;
using Shouldly;
using Header = GokaAkka.Records.Header;
using Headers = GokaAkka.Records.Headers;

namespace GokaAkka.Integration.Tests.Producer;

/// <summary>The producer that calls librdkafka itself, on the embedded broker.</summary>
public sealed class NativeProducerTests : IDisposable
{
    const string Topic = "events";
    const int Partitions = 3;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly EmbeddedBroker _broker = EmbeddedBroker.Start();

    public NativeProducerTests() => _broker.CreateTopic(Topic, Partitions);

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void Every_listener_must_hear_of_its_record_once_in_order_through_retried_errors()
    {
        const int Records = 3000;
        _broker.FailRequests(KafkaApi.Produce, ErrorCode.NotLeaderForPartition, ErrorCode.RequestTimedOut, ErrorCode.NotEnoughReplicas);
        // See FailRequests: with more of them it would lose records.
        using var producer = NewProducer(("max.in.flight", "1"));
        var log = new Log();
        for (var i = 0; i < Records; i++)
            producer.Send(Topic, i % Partitions, [(byte)i], [1], false, null, -1, log, i);
        producer.Flush(Patience).ShouldBeTrue();

        log.Faults.ShouldBeEmpty();
        log.Told.Count.ShouldBe(Records);
        for (var partition = 0; partition < Partitions; partition++)
        {
            var told = log.Told.Where(t => t.Token % Partitions == partition).ToList();
            told.Select(t => t.Token).ShouldBe(Enumerable.Range(0, Records).Where(i => i % Partitions == partition));
            told.Select(t => t.Offset).ShouldBe(Enumerable.Range(0, Records / Partitions).Select(i => (long)i));
        }
    }

    [Fact]
    public void A_listener_to_runs_must_be_told_all_records_in_fewer_calls()
    {
        const int Records = 10_000;
        using var producer = NewProducer();
        var first = new RunLog();
        var second = new RunLog();
        for (var i = 0; i < Records; i++)
            producer.Send(Topic, 0, "k"u8, "v"u8, false, null, -1, i < Records / 2 ? first : second, 7);
        producer.Flush(Patience).ShouldBeTrue();

        first.Count.ShouldBe(Records / 2);
        first.LastOffset.ShouldBe((Records / 2) - 1);
        second.Count.ShouldBe(Records / 2);
        second.LastOffset.ShouldBe(Records - 1);
        (first.Calls + second.Calls).ShouldBeLessThan(Records / 10);
    }

    [Fact]
    public void Null_and_empty_values_headers_and_time_must_arrive_as_they_were_sent()
    {
        using var producer = NewProducer();
        var headers = Headers.Of(new Header("a", "1"u8.ToArray()), new Header("a", Array.Empty<byte>()));
        producer.Send(Topic, 1, "key"u8, default, true, headers, 1_700_000_000_123, null, 0);
        producer.Send(Topic, 1, default, default, false, null, 1_700_000_000_124, null, 0);
        producer.Flush(Patience).ShouldBeTrue();

        var records = Read(1, 2);
        records[0].Message.Key.ShouldBe("key"u8.ToArray());
        records[0].Message.Value.ShouldBeNull();
        records[0].Message.Headers.Select(h => (h.Key, Convert.ToHexString(h.GetValueBytes()))).ShouldBe([("a", "31"), ("a", "")]);
        records[0].Message.Timestamp.UnixTimestampMs.ShouldBe(1_700_000_000_123);
        records[1].Message.Key.ShouldBeEmpty();
        records[1].Message.Value.ShouldBeEmpty();
    }

    [Fact]
    public void A_record_that_is_too_large_must_be_refused_at_once_and_nothing_be_left_of_it()
    {
        using var producer = NewProducer(("message.max.bytes", "2000"));
        var log = new Log();
        var refused = Should.Throw<KafkaFaultException>(() => producer.Send(Topic, 0, "k"u8, new byte[3000], false, null, -1, log, 1));
        refused.Fault.Code.ShouldBe(nameof(ErrorCode.MsgSizeTooLarge));
        refused.Message.ShouldContain("events[0]");
        producer.Send(Topic, 0, "k"u8, new byte[10], false, null, -1, log, 2);
        producer.Flush(Patience).ShouldBeTrue();

        log.Told.Select(t => t.Token).ShouldBe([2]);
    }

    [Fact]
    public void A_record_that_the_broker_refuses_for_good_must_be_told_as_a_fault()
    {
        using var producer = NewProducer();
        var log = new RunLog();
        producer.Send(Topic, 0, "k"u8, "v"u8, false, null, -1, log, 1);
        producer.Flush(Patience).ShouldBeTrue();
        _broker.FailRequests(KafkaApi.Produce, ErrorCode.TopicAuthorizationFailed);
        producer.Send(Topic, 0, "k"u8, "v"u8, false, null, -1, log, 2);
        producer.Flush(Patience).ShouldBeTrue();

        log.Count.ShouldBe(1);
        log.Faults.Select(f => (f.Code, f.Kind)).ShouldBe([(nameof(ErrorCode.TopicAuthorizationFailed), FaultKind.Permanent)]);
        log.Faults.ShouldHaveSingleItem().Reason.ShouldEndWith($"the anonymous user needs WRITE on topic '{Topic}'");
    }

    [Fact]
    public async Task A_producer_that_is_disposed_must_turn_senders_away()
    {
        var producer = NewProducer();
        var log = new Log();
        var sending = new TaskCompletionSource();
        var sender = Task.Run(() =>
        {
            for (var i = 0; ; i++)
            {
                producer.Send(Topic, i % Partitions, "k"u8, "v"u8, false, null, -1, log, i);
                if (i == 1000)
                    sending.SetResult();
            }
        });
        await sending.Task.WaitAsync(Patience);
        producer.Dispose();

        await Should.ThrowAsync<ObjectDisposedException>(() => sender.WaitAsync(Patience));
        Should.Throw<ObjectDisposedException>(() => producer.Send("another", 0, "k"u8, "v"u8, false, null, -1, log, 0));
    }

    [Fact]
    public void A_setting_that_is_not_known_must_be_named() =>
        Should.Throw<InvalidOperationException>(() => NewProducer(("no.such.setting", "1"))).Message.ShouldContain("no.such.setting");

    [Fact]
    public void Statistics_must_come_to_the_log_as_often_as_they_are_asked_for()
    {
        using var lines = new BlockingCollection<string>();
        using var producer = NewProducer(new ClientLog((_, line) => lines.Add(line)), ("statistics.interval.ms", "20"));

        lines.GetConsumingEnumerable(new CancellationTokenSource(Patience).Token).Where(static l => l.StartsWith("test: STATISTICS: {", StringComparison.Ordinal)).Take(3).Count().ShouldBe(3);
    }

    NativeProducer NewProducer(params ReadOnlySpan<(string Name, string Value)> settings) => NewProducer(ClientLog.None, settings);

    NativeProducer NewProducer(ClientLog log, params ReadOnlySpan<(string Name, string Value)> settings)
    {
        var config = new Dictionary<string, string>
        {
            ["bootstrap.servers"] = _broker.BootstrapServers,
            ["client.id"] = "test",
            ["enable.idempotence"] = "true",
            ["linger.ms"] = "5",
            ["retry.backoff.ms"] = "20",
            // A setting of the .NET client alone.
            ["dotnet.producer.enable.background.poll"] = "false",
        };
        foreach (var (name, value) in settings)
            config[name] = value;
        return new NativeProducer(config, new Dictionary<string, int>(), log);
    }

    List<ConsumeResult<byte[], byte[]>> Read(int partition, int count)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = _broker.BootstrapServers, GroupId = "reader", FetchWaitMaxMs = 10 }).Build();
        consumer.Assign(new Confluent.Kafka.TopicPartitionOffset(Topic, partition, Offset.Beginning));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        while (records.Count < count)
            records.Add(consumer.Consume(Patience).ShouldNotBeNull());
        return records;
    }

    class Log : IDeliveryListener
    {
        public List<(int Token, long Offset)> Told { get; } = [];

        public List<KafkaFault> Faults { get; } = [];

        public void Delivered(int token, long offset, KafkaFault? fault)
        {
            if (fault is null)
                Told.Add((token, offset));
            else
                Faults.Add(fault);
        }
    }

    sealed class RunLog : Log, IRunListener
    {
        public int Calls { get; private set; }

        public int Count { get; private set; }

        public long LastOffset { get; private set; } = -1;

        public void Delivered(int token, int count, long lastOffset)
        {
            Calls++;
            Count += count;
            LastOffset = lastOffset;
        }
    }
}
