using Confluent.Kafka;
using TopicPartition = Confluent.Kafka.TopicPartition;
using TopicPartitionOffset = Confluent.Kafka.TopicPartitionOffset;

namespace GokaAkka.Integration.Tests.Broker;

public sealed class BrokerFaultTests
{
    [Fact]
    public async Task Records_sent_while_the_broker_is_down_must_arrive_when_it_is_up_again()
    {
        await using var broker = EmbeddedBroker.Start();
        broker.CreateTopic("t", 1);
        var down = new TaskCompletionSource();
        using var producer = Clients.Producer(broker.BootstrapServers, error => Complete(down, error, ErrorCode.Local_AllBrokersDown));
        await producer.ProduceAsync("t", Clients.Message("k", "before"));

        broker.BrokerDown();
        await down.Task.WaitAsync(Clients.Deadline);
        var sent = producer.ProduceAsync("t", Clients.Message("k", "meanwhile"));
        broker.BrokerDown();
        sent.IsCompleted.ShouldBeFalse();
        broker.BrokerUp();
        broker.BrokerUp();

        (await sent.WaitAsync(Clients.Deadline)).Offset.Value.ShouldBe(1);
        Clients.Read(broker.BootstrapServers, "t", 2).Select(r => Clients.Text(r.Message.Value)).ShouldBe(["before", "meanwhile"]);
    }

    [Fact]
    public async Task An_ordered_error_must_fail_one_request_and_no_more_and_one_that_was_cleared_none()
    {
        await using var broker = EmbeddedBroker.Start();
        broker.CreateTopic("t", 1);
        broker.FailRequests(KafkaApi.Produce, ErrorCode.InvalidRecord, ErrorCode.InvalidRecord);
        broker.ClearFailures(KafkaApi.Produce);
        using var producer = Clients.Producer(broker.BootstrapServers);
        (await producer.ProduceAsync("t", Clients.Message("k", "0"))).Offset.Value.ShouldBe(0);
        broker.FailRequests(KafkaApi.Produce, ErrorCode.NoError, ErrorCode.InvalidRecord);

        (await producer.ProduceAsync("t", Clients.Message("k", "1"))).Offset.Value.ShouldBe(1);
        var refused = await Should.ThrowAsync<ProduceException<byte[], byte[]>>(() => producer.ProduceAsync("t", Clients.Message("k", "refused")));
        refused.Error.Code.ShouldBe(ErrorCode.InvalidRecord);
        using var next = Clients.Producer(broker.BootstrapServers);
        (await next.ProduceAsync("t", Clients.Message("k", "2"))).Offset.Value.ShouldBe(2);
    }

    [Fact]
    public async Task A_cut_connection_must_fail_the_request_on_it_and_be_made_anew()
    {
        await using var broker = EmbeddedBroker.Start();
        broker.CreateTopic("t", 1);
        using var producer = Clients.Producer(broker.BootstrapServers, retries: false);
        await producer.ProduceAsync("t", Clients.Message("k", "0"));
        broker.FailRequests(KafkaApi.Produce, ErrorCode.Local_Transport);

        var cut = await Should.ThrowAsync<ProduceException<byte[], byte[]>>(() => producer.ProduceAsync("t", Clients.Message("k", "lost")).WaitAsync(Clients.Deadline));

        cut.Error.Code.ShouldBe(ErrorCode.Local_Transport);
        (await producer.ProduceAsync("t", Clients.Message("k", "1")).WaitAsync(Clients.Deadline)).Offset.Value.ShouldBe(1);
        Clients.Text(Clients.Read(broker.BootstrapServers, "t", 2)[1].Message.Value).ShouldBe("1");
    }

    [Fact]
    public async Task Answers_must_take_as_long_as_the_round_trip_time_says()
    {
        await using var broker = EmbeddedBroker.Start();
        broker.CreateTopic("t", 1);
        using var producer = Clients.Producer(broker.BootstrapServers);
        await producer.ProduceAsync("t", Clients.Message("k", "0"));
        var delay = TimeSpan.FromMilliseconds(400);

        broker.SetRoundTripTime(delay, broker: 1);
        var clock = Stopwatch.StartNew();
        await producer.ProduceAsync("t", Clients.Message("k", "1"));

        clock.Elapsed.ShouldBeGreaterThan(delay * 0.9);
    }

    [Fact]
    public async Task A_partition_must_be_written_and_read_through_its_new_leader()
    {
        await using var broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions { Brokers = 2 });
        broker.CreateTopic("t", 1);
        using var producer = Clients.Producer(broker.BootstrapServers);
        for (var i = 0; i < 4; i++)
        {
            var leader = 1 + (i % 2);
            broker.MoveLeader("t", 0, leader);
            Clients.LeaderOf(broker.BootstrapServers, "t", 0).ShouldBe(leader);
            (await producer.ProduceAsync("t", Clients.Message("k", $"{i}")).WaitAsync(Clients.Deadline)).Offset.Value.ShouldBe(i);
        }

        Clients.Read(broker.BootstrapServers, "t", 4).Select(r => Clients.Text(r.Message.Value)).ShouldBe(["0", "1", "2", "3"]);
        broker.RemoveLeader("t", 0);
        Clients.LeaderOf(broker.BootstrapServers, "t", 0).ShouldBe(-1);
    }

    [Fact]
    public async Task Brokers_that_come_and_go_must_take_partitions_over_with_their_records()
    {
        await using var broker = EmbeddedBroker.Start();
        broker.CreateTopic("t", 4);
        using var producer = Clients.Producer(broker.BootstrapServers);
        await Send("before");

        broker.AddBroker().ShouldBe(2);
        Leaders().ShouldBe([1, 2], ignoreOrder: true);
        await Send("between");
        broker.DecommissionBroker(2);
        Leaders().ShouldBe([1]);
        await Send("after");

        Clients.Read(broker.BootstrapServers, "t", 3).Select(r => Clients.Text(r.Message.Value)).ShouldBe(["before", "between", "after"]);
        Should.Throw<ArgumentOutOfRangeException>(() => broker.BrokerUp(2)).Message.ShouldContain("no broker 2; there are: 1");
        Should.Throw<InvalidOperationException>(() => broker.DecommissionBroker(1)).Message.ShouldContain("Broker 1 is the last one");

        Task Send(string value) => Task.WhenAll(
            Enumerable.Range(0, 4).Select(p => producer.ProduceAsync(new TopicPartition("t", p), Clients.Message("k", value)))).WaitAsync(Clients.Deadline);

        IEnumerable<int> Leaders() => Enumerable.Range(0, 4).Select(p => Clients.LeaderOf(broker.BootstrapServers, "t", p)).Distinct();
    }

    [Fact]
    public void Faults_of_what_is_not_there_must_name_it()
    {
        using var broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions { Brokers = 2 });
        broker.CreateTopic("t", 3);

        Should.Throw<ArgumentOutOfRangeException>(() => broker.BrokerDown(3)).Message.ShouldContain("no broker 3; there are: 1, 2");
        Should.Throw<ArgumentOutOfRangeException>(() => broker.MoveCoordinator("g", 0)).Message.ShouldContain("no broker 0");
        Should.Throw<ArgumentException>(() => broker.MoveLeader("u", 0, 1)).Message.ShouldContain("no topic 'u'; there are: t");
        Should.Throw<ArgumentOutOfRangeException>(() => broker.RemoveLeader("t", 3)).Message.ShouldContain("partitions 0 to 2");
        Should.Throw<ArgumentException>(() => broker.FailRequests(KafkaApi.Fetch, ErrorCode.Local_TimedOut)).Message.ShouldContain("Local_TimedOut");
        broker.Topics.Keys.ShouldBe(["t"], "asking for what is not there must not make it");
    }

    static void Complete(TaskCompletionSource seen, Error error, ErrorCode code)
    {
        if (error.Code == code)
            seen.TrySetResult();
    }
}
