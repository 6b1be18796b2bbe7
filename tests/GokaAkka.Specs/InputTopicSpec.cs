using GokaAkka.Specs.GokaMap;

namespace GokaAkka.Specs;

/// <summary>What happens to an input's topic under a processor that reads it.</summary>
public sealed class InputTopicSpec(ITestOutputHelper output) : MapSpec(output, "goka.processor.lag-interval = 10ms")
{
    [Theory]
    [InlineData("at-least-once")]
    [InlineData("exactly-once")]
    public async Task A_topic_that_is_deleted_and_created_again_must_be_read_from_its_beginning(string delivery)
    {
        Kafka.CreateTopic("in");
        Kafka.CreateTopic("out");
        var node = OtherNode("node", hocon: $"goka.processor.delivery = {delivery}");
        var processor = await node.Process(Copying).Running();
        for (var i = 0; i < 3; i++)
            Kafka.Append("in", 0, "k", $"old {i}");
        AwaitCommitted("g", "in", 0, 3);

        // So that the position is within the new one by the time it is read.
        (await node.Inspector.Pause("g")).Succeeded.ShouldBeTrue();
        Kafka.RecreateTopic("in");
        for (var i = 0; i < 5; i++)
            Kafka.Append("in", 0, "k", $"new {i}");
        (await node.Inspector.Resume("g")).Succeeded.ShouldBeTrue();

        AwaitCluster(() => NewOnes().Count == 5, () => $"read were {string.Join(", ", NewOnes())}");
        AwaitCommitted("g", "in", 0, 5);
        processor.State.ShouldBe(ProcessorState.Running);

        List<string> NewOnes() => [.. Kafka.Read("out").Select(static r => Encoding.UTF8.GetString(r.Value!)).Where(static v => v.StartsWith("new", StringComparison.Ordinal)).Distinct()];
    }

    [Theory]
    [InlineData("at-least-once")]
    [InlineData("exactly-once")]
    public async Task A_commit_of_a_topic_that_was_deleted_must_not_be_taken_for_one_of_the_topic_that_was_created_since(string delivery)
    {
        Kafka.CreateTopic("in");
        Kafka.CreateTopic("out");
        var unaware = OtherNode("unaware", hocon: $"goka.processor.delivery = {delivery}\ngoka.processor.lag-interval = 1h");
        var processor = await unaware.Process(Copying).Running();
        Kafka.Append("in", 0, "k", "old");
        AwaitCommitted("g", "in", 0, 1);
        (await unaware.Inspector.Pause("g")).Succeeded.ShouldBeTrue();
        Kafka.RecreateTopic("in");
        for (var i = 0; i < 3; i++)
            Kafka.Append("in", 0, "k", $"new {i}");
        (await unaware.Inspector.Resume("g")).Succeeded.ShouldBeTrue();
        AwaitCommitted("g", "in", 0, 3);
        await processor.Stop().WaitAsync(Patience);

        await OtherNode("node", hocon: $"goka.processor.delivery = {delivery}").Process(Copying).Running();

        AwaitCluster(() => Kafka.Read("out").Any(static r => Encoding.UTF8.GetString(r.Value!) == "new 0"), () => "the first one was never read");
        AwaitCommitted("g", "in", 0, 3);
    }

    [Fact]
    public async Task A_topic_that_is_deleted_must_be_a_trouble_that_names_it_until_it_is_there_again()
    {
        var processor = await Running(Copying);

        Kafka.DeleteTopic("in");
        Await(() => processor.Troubles.Any(static t => t.What == "the input 'in'"), "the trouble is met");
        processor.Troubles.Single(static t => t.What == "the input 'in'").Reason.ShouldContain("does not exist any more");
        Kafka.CreateTopic("in");
        Kafka.Append("in", 0, "k", "new");

        AwaitRecords("out", 1);
        Await(() => processor.Troubles.Count == 0, "the trouble ends");
    }

    [Fact]
    public async Task Records_that_retention_removes_before_they_are_read_must_be_counted()
    {
        var processor = await Running(Copying);
        Append(3);
        AwaitCommitted("g", "in", 0, 3);

        // While it runs and does not read. A pause would not do: a poll that is under way takes what comes.
        Kafka.TakeDown();
        Append(10);
        Kafka.DeleteRecords("in", 0, before: 8);
        Kafka.BringUp();
        AwaitCommitted("g", "in", 0, 13);
        Await(() => Removed(processor) == 5, "offsets 3 to 7 are missing");

        // While it is stopped.
        await processor.Stop().WaitAsync(Patience);
        Append(10);
        Kafka.DeleteRecords("in", 0, before: 20);
        processor = await Running(Copying);
        AwaitCommitted("g", "in", 0, 23);
        Await(() => Removed(processor) == 7, "offsets 13 to 19 are missing");
        Kafka.Read("out").Count.ShouldBe(3 + 5 + 3);
    }

    [Fact]
    public async Task Records_that_are_removed_while_the_offsets_are_asked_for_must_be_counted()
    {
        Kafka.CreateTopic("in");
        Kafka.CreateTopic("out");
        TaskCompletionSource? hold = null;
        var held = 0;
        var node = OtherNode("node", hocon: "goka.processor.lag-interval = 10ms", kafka: new TroubledClient(Kafka)
        {
            OffsetsFound = () =>
            {
                if (Volatile.Read(ref hold) is not { } answer)
                    return Task.CompletedTask;
                Interlocked.Increment(ref held);
                return answer.Task;
            },
        });
        var processor = await node.Process(Copying).Running();
        Append(3);
        AwaitCommitted("g", "in", 0, 3);

        // The question is answered from before the removal, and the answer comes when the records behind it are read.
        Volatile.Write(ref hold, new(TaskCreationOptions.RunContinuationsAsynchronously));
        Await(() => Volatile.Read(ref held) > 0, "an answer is held");
        Kafka.TakeDown();
        Append(10);
        Kafka.DeleteRecords("in", 0, before: 8);
        Kafka.BringUp();
        AwaitCommitted("g", "in", 0, 13);
        Interlocked.Exchange(ref hold, null)!.SetResult();

        Await(() => Removed(processor) == 5, "offsets 3 to 7 are missing");
    }

    [Fact]
    public async Task Records_that_are_removed_after_they_were_read_must_not_be_counted()
    {
        var processor = await Running(Copying);
        Append(10);
        AwaitCommitted("g", "in", 0, 10);
        Kafka.DeleteRecords("in", 0, before: 10);
        Append(1);
        AwaitCommitted("g", "in", 0, 11);

        Await(() => Input(processor).HighWatermark == 11, "the topic is looked at");
        Removed(processor).ShouldBe(0);
    }

    void Append(int count)
    {
        for (var i = 0; i < count; i++)
            Kafka.Append("in", 0, "k", "v");
    }

    static InputStatus Input(Processor processor) => processor.Partitions[0].Inputs.Single();

    static long Removed(Processor processor) => Input(processor).Removed;
}
