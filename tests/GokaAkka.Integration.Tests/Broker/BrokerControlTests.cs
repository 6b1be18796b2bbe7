namespace GokaAkka.Integration.Tests.Broker;

public sealed class BrokerControlTests
{
    [Fact]
    public async Task Topics_made_through_the_control_port_must_be_there_for_all()
    {
        await using var broker = EmbeddedBroker.Start();
        broker.CreateTopic("a", 2);

        await BrokerControlClient.CreateTopic(broker.ControlAddress, "b", 3);

        var expected = new Dictionary<string, int> { ["a"] = 2, ["b"] = 3 };
        broker.Topics.ShouldBe(expected);
        using var admin = Clients.Admin(broker.BootstrapServers);
        admin.GetMetadata(Clients.Deadline).Topics.ToDictionary(t => t.Topic, t => t.Partitions.Count).ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public async Task Many_that_want_the_same_topic_at_once_must_all_get_it()
    {
        await using var broker = EmbeddedBroker.Start();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => BrokerControlClient.CreateTopic(broker.ControlAddress, "t", 6)));

        broker.Topics.ShouldBe(new Dictionary<string, int> { ["t"] = 6 });
    }

    [Fact]
    public async Task A_refusal_must_reach_the_caller_with_its_reason()
    {
        await using var broker = EmbeddedBroker.Start();
        broker.CreateTopic("t", 2);

        var refused = await Should.ThrowAsync<KafkaFaultException>(() => BrokerControlClient.CreateTopic(broker.ControlAddress, "t", 5));
        refused.Message.ShouldContain(broker.ControlAddress);
        refused.Message.ShouldContain("'t' is there with 2 partitions; 5 were asked for");

        var illegal = await Should.ThrowAsync<KafkaFaultException>(() => BrokerControlClient.CreateTopic(broker.ControlAddress, "t?", 5));
        illegal.Message.ShouldContain("'t?' is no topic name");
    }

    [Fact]
    public async Task Lines_that_are_no_request_must_be_answered_and_the_connection_kept()
    {
        await using var broker = EmbeddedBroker.Start();
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(broker.ControlAddress));
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\n", AutoFlush = true };

        (await Ask("delete-topic t")).ShouldBe("error expected 'create-topic NAME PARTITIONS', found 'delete-topic t'");
        (await Ask("")).ShouldStartWith("error expected");
        (await Ask("create-topic t many")).ShouldBe("error expected a number of partitions for topic 't', found 'many'");
        (await Ask("create-topic t 2")).ShouldBe("ok");
        broker.Topics.Keys.ShouldBe(["t"]);

        async Task<string?> Ask(string request)
        {
            await writer.WriteLineAsync(request);
            return await reader.ReadLineAsync().WaitAsync(Clients.Deadline);
        }
    }

    [Theory]
    [InlineData("localhost:9092")]
    [InlineData("127.0.0.1")]
    [InlineData("")]
    public async Task An_address_that_is_none_must_be_called_by_its_setting(string address)
    {
        var fault = await Should.ThrowAsync<KafkaFaultException>(() => BrokerControlClient.CreateTopic(address, "t", 1));

        fault.Message.ShouldContain("goka.kafka.embedded-control");
    }

    [Fact]
    public async Task A_port_where_nobody_listens_or_answers_must_be_named()
    {
        string gone;
        await using (var broker = EmbeddedBroker.Start())
            gone = broker.ControlAddress;
        using var rude = new TcpListener(IPAddress.Loopback, 0);
        rude.Start();
        var rudely = rude.AcceptTcpClientAsync();

        (await Should.ThrowAsync<KafkaFaultException>(() => BrokerControlClient.CreateTopic(gone, "t", 1))).Message.ShouldContain(gone);
        var asked = BrokerControlClient.CreateTopic(rude.LocalEndpoint.ToString()!, "t", 1);
        (await rudely.WaitAsync(Clients.Deadline)).Client.Shutdown(SocketShutdown.Send);

        (await Should.ThrowAsync<KafkaFaultException>(() => asked)).Message.ShouldContain("hung up");
    }
}
