namespace GokaAkka.Testing.Tests;

/// <summary>What a topic manager must do, given a broker with admin calls or another way to make topics.</summary>
public abstract class TopicManagerContract(IKafkaClient? client = null) : KafkaClientContract(client)
{
    [Fact]
    public async Task A_topic_that_was_made_must_be_described_and_one_that_was_not_be_left_out()
    {
        var topic = NewTopic(3);
        var missing = Unique("missing");

        var described = await Manager().Describe([topic, missing]).WaitAsync(Patience);

        described.Keys.ShouldBe([topic]);
        described[topic].Name.ShouldBe(topic);
        described[topic].Partitions.ShouldBe(3);
    }

    [Fact]
    public async Task Making_a_topic_that_exists_must_be_no_error()
    {
        var topic = Unique("topic");
        var manager = Manager();
        await manager.Create(new TopicSpec(topic, 2)).WaitAsync(Patience);

        await manager.Create(new TopicSpec(topic, 2)).WaitAsync(Patience);

        (await manager.Describe([topic]).WaitAsync(Patience))[topic].Partitions.ShouldBe(2);
    }

    [Fact]
    public async Task The_offsets_of_a_partition_must_be_what_it_holds()
    {
        Produce(WideTopic, 1, ("a", "1"), ("b", "2"));
        var manager = Manager();

        (await manager.Offsets(WideTopic, 0).WaitAsync(Patience)).ShouldBe(new OffsetRange(0, 0));
        (await manager.Offsets(WideTopic, 1).WaitAsync(Patience)).ShouldBe(new OffsetRange(0, 2));
    }

    [Fact]
    public async Task The_offsets_of_a_partition_that_does_not_exist_must_be_an_error_that_names_it()
    {
        var error = await Should.ThrowAsync<KafkaFaultException>(() => Manager().Offsets(Topic, 5).WaitAsync(Patience));

        error.Message.ShouldContain($"{Topic}[5]");
    }

    protected ITopicManager Manager() => Open(Client.CreateTopicManager());
}
