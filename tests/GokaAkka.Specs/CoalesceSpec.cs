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
        await ExpectCounts(processor, Times);
        Kafka.Read(Table).Count.ShouldBeLessThan(Times);

        Send(Keys);
        await processor.Stop().WaitAsync(Patience);
        AwaitCommitted();
        Storage.Clear();

        await ExpectCounts(await Start(delivery), Times + 1);
    }

    [Fact]
    public async Task No_interval_in_code_must_send_every_change()
    {
        var processor = Goka.Process(Counting(), new ProcessorOptions { CoalesceInterval = TimeSpan.Zero });
        await processor.Ready.WaitAsync(Patience);

        for (var i = 0; i < Times; i++)
            Send(Keys);
        AwaitCommitted();

        Kafka.Read(Table).Count.ShouldBe(Times * Keys.Length);
    }

    async Task<Processor<long>> Start(Delivery delivery)
    {
        var processor = Goka.Process(Counting(), new ProcessorOptions { Delivery = delivery });
        await processor.Ready.WaitAsync(Patience);
        return processor;
    }

    static async Task ExpectCounts(Processor<long> processor, long expected)
    {
        foreach (var key in Keys)
            (await processor.Get(key)).ShouldBe(expected, key);
    }
}
