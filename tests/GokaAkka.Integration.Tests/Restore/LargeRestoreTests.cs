namespace GokaAkka.Integration.Tests.Restore;

[Collection(RestoreCollection.Name)]
public sealed class LargeRestoreTests(ITestOutputHelper output)
{
    const int Partitions = 16;
    const int PerPartition = 25_000;

    // A session of this length would end in the midst of the restore if polling stopped.
    static readonly TimeSpan Session = TimeSpan.FromMilliseconds(Clients.Session);

    // So that the disk alone takes longer than a session, however fast the machine is.
    const int KeysPerSecond = 150_000;

    static GroupGraph<long> Counts => GroupGraph.Define<long>("counts", g => g
        .Input("clicks", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1))
        .Persist(Codec.Int64));

    [Fact]
    public async Task A_large_restore_into_a_slow_store_must_never_stop_polling_nor_cost_the_membership()
    {
        using var broker = EmbeddedBroker.Start();
        broker.CreateTopic("clicks", Partitions);
        broker.CreateTopic("counts-table", Partitions);
        var storage = new SlowStorage(KeysPerSecond);
        await using var node = new Node(broker, storage, $"goka.kafka.consumer.max.poll.interval.ms = {Clients.Session}, goka.table.restore-write-size = 64KiB");
        Fill(node.Goka.Kafka);
        var rebalances = new List<Rebalance>();
        var processor = node.Goka.Process(Counts, new ProcessorOptions { Rebalanced = rebalances.Add });
        await Restoring(processor);

        var (worst, starved) = await Watch(processor);

        output.WriteLine($"{storage.Writes} writes in {storage.Busy}, oldest poll {worst}, longest gap between looks {starved}");
        storage.Busy.ShouldBeGreaterThan(Session, "a restore that is over before the session is proves nothing");
        // A machine that lets this very test stand still may do the same to the polling thread.
        worst.ShouldBeLessThan(Session + starved);
        processor.Partitions.Sum(p => p.Restored).ShouldBe((long)Partitions * PerPartition);
        rebalances.Select(r => r.Kind).ShouldBe([RebalanceKind.Assigned]);
        processor.Local().Count().ShouldBe(Partitions * PerPartition);
    }

    static async Task Restoring(Processor processor)
    {
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (processor.Partitions.All(p => p.Restored == 0) && await timer.WaitForNextTickAsync())
            clock.Elapsed.ShouldBeLessThan(Node.Patience);
    }

    /// <summary>The oldest poll seen until the processor is ready, and the longest time between two looks.</summary>
    static async Task<(TimeSpan Worst, TimeSpan Starved)> Watch(Processor processor)
    {
        var (worst, starved) = (TimeSpan.Zero, TimeSpan.Zero);
        var began = Stopwatch.GetTimestamp();
        var looked = began;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!processor.Ready.IsCompleted && await timer.WaitForNextTickAsync())
        {
            var age = processor.PollAge ?? throw new InvalidOperationException("The group was left.");
            worst = age > worst ? age : worst;
            var gap = Stopwatch.GetElapsedTime(looked);
            starved = gap > starved ? gap : starved;
            looked = Stopwatch.GetTimestamp();
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Node.Patience);
        }

        await processor.Ready;
        return (worst, starved);
    }

    static void Fill(IKafkaClient kafka)
    {
        using var producer = kafka.CreateProducer(new ProducerOptions("seeder"));
        var deliveries = new DeliveryLog();
        for (var i = 0; i < PerPartition; i++)
        {
            var value = Encoding.ASCII.GetBytes($"{i}");
            for (var partition = 0; partition < Partitions; partition++)
                producer.Send("counts-table", partition, Encoding.ASCII.GetBytes($"{partition}-{i}"), value, false, null, -1, deliveries, i);
        }

        producer.Flush(Node.Patience).ShouldBeTrue();
        deliveries.Faults.ShouldBeEmpty();
    }
}
