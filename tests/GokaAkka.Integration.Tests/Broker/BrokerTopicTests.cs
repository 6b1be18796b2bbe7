using Confluent.Kafka;
using TopicPartition = Confluent.Kafka.TopicPartition;

namespace GokaAkka.Integration.Tests.Broker;

public sealed class BrokerTopicTests
{
    [Fact]
    public void A_topic_made_twice_alike_must_stay_and_otherwise_be_refused_with_both_counts()
    {
        using var broker = EmbeddedBroker.Start();
        broker.CreateTopic("t", 8);
        broker.CreateTopic("t", 8);

        var refused = Should.Throw<InvalidOperationException>(() => broker.CreateTopic("t", 4));

        refused.Message.ShouldContain("'t' is there with 8 partitions; 4 were asked for");
        broker.Topics.ShouldBe(new Dictionary<string, int> { ["t"] = 8 });
    }

    [Theory]
    [InlineData("", 1, "no topic name")]
    [InlineData("a b", 1, "'a b' is no topic name")]
    [InlineData("..", 1, "no topic name")]
    [InlineData("t", 0, "with 0 partitions")]
    [InlineData("t", -1, "with -1 partitions")]
    public void What_Kafka_does_not_allow_must_be_refused(string name, int partitions, string reason)
    {
        using var broker = EmbeddedBroker.Start();

        Should.Throw<ArgumentException>(() => broker.CreateTopic(name, partitions)).Message.ShouldContain(reason);

        broker.Topics.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_topic_that_a_client_asks_for_first_must_be_listed_with_the_brokers_own_count()
    {
        await using var broker = EmbeddedBroker.Start();
        using (var producer = Clients.Producer(broker.BootstrapServers))
            await producer.ProduceAsync("unknown", Clients.Message("k", "v"));

        broker.Topics.ShouldBe(new Dictionary<string, int> { ["unknown"] = 4 });
        Should.Throw<InvalidOperationException>(() => broker.CreateTopic("unknown", 8)).Message.ShouldContain("before a client");
    }

    [Fact]
    public async Task A_topic_that_was_deleted_must_be_gone_with_its_records_and_be_made_anew()
    {
        await using var broker = EmbeddedBroker.Start();
        broker.CreateTopic("t", 2);
        using (var producer = Clients.Producer(broker.BootstrapServers))
            await producer.ProduceAsync(new TopicPartition("t", 0), Clients.Message("k", "old"));

        broker.DeleteTopic("t");

        broker.Topics.ShouldBeEmpty();
        Should.Throw<ArgumentException>(() => broker.DeleteTopic("t")).Message.ShouldContain("no topic 't'");
        broker.CreateTopic("t", 3);
        using (var producer = Clients.Producer(broker.BootstrapServers))
            await producer.ProduceAsync(new TopicPartition("t", 0), Clients.Message("k", "new"));
        Clients.Read(broker.BootstrapServers, "t", 1).Select(r => (r.Offset.Value, Clients.Text(r.Message.Value))).ShouldBe([(0, "new")]);
    }

    [Fact]
    public async Task Records_that_were_deleted_must_be_gone_and_the_rest_keep_their_offsets()
    {
        await using var broker = EmbeddedBroker.Start();
        broker.CreateTopic("t", 1);
        using var producer = Clients.Producer(broker.BootstrapServers);
        for (var i = 0; i < 5; i++)
            await producer.ProduceAsync("t", Clients.Message("k", $"{i}"));

        broker.DeleteRecords("t", 0, 3);
        broker.DeleteRecords("t", 0, 1);

        Clients.Read(broker.BootstrapServers, "t", 2).Select(r => r.Offset.Value).ShouldBe([3, 4]);
        Should.Throw<ArgumentException>(() => broker.DeleteRecords("t", 0, 6)).Message.ShouldContain("t[0] has offsets 3 to 5");
        broker.DeleteRecords("t", 0, 5);
        (await producer.ProduceAsync("t", Clients.Message("k", "next"))).Offset.Value.ShouldBe(5);
        Clients.Read(broker.BootstrapServers, "t", 1).Single().Offset.Value.ShouldBe(5);
    }

    [Fact]
    public void Topics_must_say_that_no_broker_is_up_and_be_there_when_one_is()
    {
        using var broker = EmbeddedBroker.Start();
        broker.CreateTopic("t", 2);
        broker.Topics.Count.ShouldBe(1);
        broker.BrokerDown();

        Should.Throw<KafkaFaultException>(() => broker.Topics).Message.ShouldContain("is every broker down?");

        broker.BrokerUp();
        broker.Topics.ShouldBe(new Dictionary<string, int> { ["t"] = 2 });
    }

    [Fact]
    public async Task A_broker_disposed_twice_must_be_gone_with_both_its_ports()
    {
        var broker = EmbeddedBroker.Start();
        var (bootstrap, control) = (broker.BootstrapServers, broker.ControlAddress);
        broker.Dispose();
        broker.Dispose();
        await broker.DisposeAsync();

        foreach (var address in new[] { bootstrap, control })
        {
            using var client = new TcpClient();
            await Should.ThrowAsync<SocketException>(() => client.ConnectAsync(System.Net.IPEndPoint.Parse(address)));
        }

        Should.Throw<ObjectDisposedException>(() => broker.CreateTopic("t", 1));
        Should.Throw<ObjectDisposedException>(() => broker.Topics);
        Should.Throw<ObjectDisposedException>(() => broker.BrokerDown());
    }

    [Fact]
    public void A_broker_disposed_during_calls_must_let_them_end_and_refuse_later_ones()
    {
        var broker = EmbeddedBroker.Start();
        broker.CreateTopic("t", 1);
        using var begun = new CountdownEvent(4);
        var surprises = new ConcurrentBag<Exception>();
        var callers = Enumerable.Range(0, begun.InitialCount).Select(_ => new Thread(() => CallUntilDisposed(broker, begun, surprises))).ToList();
        callers.ForEach(c => c.Start());
        begun.Wait(Clients.Deadline).ShouldBeTrue();

        broker.Dispose();

        callers.ForEach(c => c.Join(Clients.Deadline).ShouldBeTrue("a caller hangs"));
        surprises.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void A_broker_count_out_of_range_must_be_refused(int brokers) =>
        Should.Throw<ArgumentOutOfRangeException>(() => EmbeddedBroker.Start(new EmbeddedBrokerOptions { Brokers = brokers }))
            .Message.ShouldContain("1 to 100 brokers");

    [Fact]
    public void The_log_must_get_what_the_broker_says()
    {
        var lines = new ConcurrentQueue<string>();

        using var broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions { Log = lines.Enqueue });

        lines.ShouldContain(line => line.Contains(broker.BootstrapServers));
    }

    static void CallUntilDisposed(EmbeddedBroker broker, CountdownEvent begun, ConcurrentBag<Exception> surprises)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                _ = broker.Topics;
                broker.CreateTopic("t", 1);
                if (i == 10)
                    begun.Signal();
            }
        }
        catch (ObjectDisposedException)
        {
            // As it should be.
        }
        catch (Exception e)
        {
            surprises.Add(e);
        }
    }
}
