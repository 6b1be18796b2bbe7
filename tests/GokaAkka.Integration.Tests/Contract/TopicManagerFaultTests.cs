namespace GokaAkka.Integration.Tests.Contract;

/// <summary>The topic manager on Confluent.Kafka where no broker answers.</summary>
public sealed class TopicManagerFaultTests : KafkaClientContract
{
    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    readonly Cluster _cluster;

    public TopicManagerFaultTests()
    {
        _cluster = Open(new Cluster());
        Client = _cluster.ClientWith(connectTimeout: ConnectTimeout);
    }

    protected override IKafkaClient Client { get; }

    [Fact]
    public async Task Every_question_must_fail_in_time_and_say_where_and_why_when_no_broker_answers()
    {
        var topic = Topic;
        _cluster.Broker.BrokerDown();

        // A manager each: none has heard the reason through another question.
        await Refused(manager => manager.Describe([topic]));
        await Refused(manager => manager.Offsets(topic, 0));
        await Refused(manager => manager.OffsetAt(topic, 0, DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public async Task Every_question_must_be_answered_again_when_the_broker_is_back()
    {
        var manager = Open(Client.CreateTopicManager());
        (await manager.Offsets(Topic, 0)).ShouldBe(new OffsetRange(0, 0));
        (await manager.Describe([Topic])).Count.ShouldBe(1);
        _cluster.Broker.BrokerDown();
        await Should.ThrowAsync<KafkaFaultException>(() => manager.Offsets(Topic, 0));
        await Should.ThrowAsync<KafkaFaultException>(() => manager.Describe([Topic]));

        _cluster.Broker.BrokerUp();

        (await Answered(() => manager.Offsets(Topic, 0))).ShouldBe(new OffsetRange(0, 0));
        (await Answered(() => manager.Describe([Topic]))).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Offsets_must_be_asked_of_the_new_leader_while_the_one_before_is_away()
    {
        await using var broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions { Brokers = 3 });
        broker.CreateTopic("moved", 1);
        broker.MoveLeader("moved", 0, 1);
        using var manager = _cluster.ClientOf(broker.BootstrapServers).CreateTopicManager();
        (await manager.Offsets("moved", 0)).ShouldBe(new OffsetRange(0, 0));

        broker.BrokerDown(1);
        broker.MoveLeader("moved", 0, 2);

        (await Answered(() => manager.Offsets("moved", 0))).ShouldBe(new OffsetRange(0, 0));
        (await Answered(() => manager.OffsetAt("moved", 0, DateTimeOffset.UnixEpoch))).ShouldBe(0);
    }

    [Fact]
    public async Task Describing_must_make_no_topic()
    {
        (await Open(Client.CreateTopicManager()).Describe(["missing"])).ShouldBeEmpty();

        _cluster.Broker.Topics.ShouldBeEmpty();
    }

    [Fact]
    public async Task Disposing_must_be_harmless_when_done_again_and_end_the_manager()
    {
        var manager = Client.CreateTopicManager();
        await manager.Describe([Topic]);
        await manager.Offsets(Topic, 0);

        manager.Dispose();
        manager.Dispose();

        await Should.ThrowAsync<ObjectDisposedException>(() => manager.Describe([Topic]));
        await Should.ThrowAsync<ObjectDisposedException>(() => manager.Offsets(Topic, 0));
    }

    [Fact]
    public async Task Disposing_must_end_questions_that_are_asked_or_under_way()
    {
        var manager = Client.CreateTopicManager();
        await manager.Offsets(Topic, 0);
        _cluster.Broker.BrokerDown();
        var questions = Enumerable.Range(0, 4).Select(_ => manager.Offsets(Topic, 0)).ToList();

        manager.Dispose();

        foreach (var question in questions)
            (await Should.ThrowAsync<Exception>(() => question)).ShouldSatisfyAllConditions(e => (e is KafkaFaultException or ObjectDisposedException).ShouldBeTrue());
    }

    async Task Refused(Func<ITopicManager, Task> ask)
    {
        using var manager = Client.CreateTopicManager();
        var clock = Stopwatch.StartNew();
        var error = await Should.ThrowAsync<KafkaFaultException>(() => ask(manager));
        clock.Elapsed.ShouldBeLessThan(Patience);
        error.Message.ShouldContain(_cluster.Broker.BootstrapServers);
        error.Message.ShouldContain("Connection refused");
        error.Fault.Kind.ShouldBe(FaultKind.Retriable);
    }

    async Task<T> Answered<T>(Func<Task<T>> ask)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            try
            {
                return await ask();
            }
            catch (KafkaFaultException) when (clock.Elapsed < Patience)
            {
                // Not connected again yet.
            }
        }
    }
}
