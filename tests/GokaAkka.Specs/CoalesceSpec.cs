namespace GokaAkka.Specs;

/// <summary>Table records that are held back so that only the last value of each key is sent.</summary>
public sealed class CoalesceSpec(ITestOutputHelper output) : GokaSpec(output, "goka.processor.coalesce-interval = 200ms")
{
    const int Times = 500;

    static readonly string[] Keys = ["a", "b", "c"];

    [Theory]
    [InlineData(Delivery.AtLeastOnce)]
    [InlineData(Delivery.ExactlyOnce)]
    public async Task Values_must_be_right_with_far_fewer_records_than_changes_and_survive_the_store(Delivery delivery)
    {
        var processor = await Start(delivery);
        for (var i = 0; i < Times; i++)
            Send(Keys);
        AwaitCommitted();
        await ShouldHave(Keys, Times, processor);
        Kafka.Read(Table).Count.ShouldBeLessThan(Times);

        Send(Keys);
        // What is not begun when it is told to stop is left to its next owner.
        Eventually(() => processor.Partitions.Sum(static p => p.Processed).ShouldBe((Times + 1) * Keys.Length));
        await processor.Stop().WaitAsync(Patience);
        AwaitCommitted();
        Storage.Clear();

        await ShouldHave(Keys, Times + 1, await Start(delivery));
    }

    [Fact]
    public async Task No_interval_in_code_must_send_every_change()
    {
        var processor = await Goka.Process(Counting(), new ProcessorOptions { CoalesceInterval = TimeSpan.Zero }).Running();

        for (var i = 0; i < Times; i++)
            Send(Keys);
        AwaitCommitted();

        Kafka.Read(Table).Count.ShouldBe(Times * Keys.Length);
    }

    Task<Processor<long>> Start(Delivery delivery) => Goka.Process(Counting(), new ProcessorOptions { Delivery = delivery }).Running();
}
