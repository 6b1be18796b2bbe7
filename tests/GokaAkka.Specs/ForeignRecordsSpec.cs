namespace GokaAkka.Specs;

/// <summary>What becomes of records in a table's changelog that are not of the partition's owner.</summary>
public sealed class ForeignRecordsSpec(ITestOutputHelper output) : GokaSpec(output)
{
    const string Key = "key";
    const string Gone = "gone";
    const string Unknown = "unknown";

    static readonly int Partition = PartitionOf(Key);

    [Fact]
    public async Task Who_restores_the_table_must_find_what_its_owner_had_not_what_another_wrote_behind_it()
    {
        var processor = await Goka.Process(Counting()).Running();
        Count(3);
        AwaitCommitted();

        Write(Key, 1);
        Write(Unknown, 7);
        // Of any key: its offset is what gives the others away.
        SendTo(Partition, "other", "");
        AwaitCommitted();

        Eventually(() => Last(Key).ShouldBe("3"));
        Eventually(() => Last(Unknown).ShouldBeNull());
        await processor.Stop().WaitAsync(Patience);
        var next = await GokaIn(SecondSystem(), new KeptStorage()).Process(Counting()).Running();
        (await next.Get(Key)).ShouldBe(3);
        (await next.Get(Unknown)).ShouldBe(0);
    }

    [Fact]
    public async Task A_partition_that_drains_must_write_over_them_first()
    {
        using var goOn = new ManualResetEventSlim();
        using var called = new ManualResetEventSlim();
        var processor = await Goka.Process(Counting(text =>
        {
            if (text != Gone)
                return;
            called.Set();
            goOn.Wait(Patience);
        })).Running();
        Count(3);
        AwaitCommitted();
        SendTo(Partition, "other", Gone);
        called.Wait(Patience).ShouldBeTrue();

        Write(Key, 1);
        var stopped = processor.Stop();
        goOn.Set();
        await stopped.WaitAsync(Patience);

        Last(Key).ShouldBe("3");
    }

    void Count(int times)
    {
        for (var i = 0; i < times; i++)
            SendTo(Partition, Key, "");
    }

    void Write(string key, long value) => Kafka.Append(Table, Partition, key, $"{value}");

    string? Last(string key) => Kafka.Read(Table).Last(r => r.Key == key).Value is { } value ? Encoding.UTF8.GetString(value) : null;
}
