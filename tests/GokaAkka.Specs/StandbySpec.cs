using GokaAkka.Storage.LiteDb;

namespace GokaAkka.Specs;

/// <summary>Partitions kept ready on nodes that do not have them, and tables restored before the group is joined.</summary>
public sealed class StandbySpec(ITestOutputHelper output) : GokaSpec(output)
{
    static readonly string[] Keys = [.. Enumerable.Range(0, 40).Select(i => $"key{i}")];

    readonly ITestOutputHelper _output = output;

    [Theory]
    [InlineData("cooperative", Delivery.AtLeastOnce)]
    [InlineData("eager", Delivery.AtLeastOnce)]
    [InlineData("cooperative", Delivery.ExactlyOnce)]
    public async Task A_standby_must_follow_without_callbacks_and_take_over_and_hand_over_without_opening_or_restoring_anything_again(
        string rebalance, Delivery delivery)
    {
        var (first, second) = (new Node(this, rebalance, delivery), new Node(this, rebalance, delivery));
        await first.Start();
        Send(Keys);
        AwaitCommitted();
        await second.Start();
        AwaitShared(first, second);
        Send(Keys);
        AwaitCommitted();

        // What one has the other keeps ready, up to the end of the changelog.
        AwaitReady(first);
        AwaitReady(second);
        var moves = first.Active;
        await first.Processor.Stop().WaitAsync(Patience);
        Eventually(() => second.Active.Count.ShouldBe(Partitions));
        second.Processor.Partitions.Where(p => moves.Contains(p.Partition)).Sum(p => p.Restored).ShouldBe(0, "all of it was there");
        await ShouldHave(Keys, 2, second.Processor);
        // A transaction that met the next generation would have begun again, and with it its partitions.
        var begunAgain = delivery == Delivery.ExactlyOnce && first.Processor.Partitions.Concat(second.Processor.Partitions).Any(p => p.Restarts > 0);
        if (!begunAgain)
        {
            second.Opened.Count.ShouldBe(Partitions, "no store was opened again");
            (second.Calls.Count + first.Calls.Count).ShouldBe(2 * Keys.Length, "no record was processed again");
        }

        first.Storage.Open.ShouldBeEmpty();

        // And back: what goes becomes a standby.
        await first.Start();
        AwaitShared(first, second);
        Send(Keys);
        AwaitCommitted();
        AwaitReady(second);
        if (delivery == Delivery.AtLeastOnce)
            second.Opened.Count.ShouldBe(Partitions, "what was given away stayed open");
        await ShouldHave(Keys, 3, first.Processor, second.Processor);
    }

    [Fact]
    public async Task A_read_that_allows_it_must_be_answered_by_a_complete_standby_and_say_so_and_by_no_other()
    {
        var (first, second) = (new Node(this, "cooperative"), new Node(this, "cooperative"));
        await first.Start();
        Send(Keys);
        AwaitCommitted();
        var isLocked = true;
        second.Refuse = id => Volatile.Read(ref isLocked) ? new StorageLockedException("Held.") : null;
        second.Launch();
        Eventually(() => (first.Active.Count, second.Standbys.Count).ShouldBe((2, 2)));
        var key = Keys.First(k => second.Standbys.Contains(PartitionOf(k)));
        var allowed = new QueryOptions { Consistency = ReadConsistency.AllowStandby, Timeout = TimeSpan.FromMilliseconds(50) };

        var refused = await Should.ThrowAsync<QueryException>(() => second.Goka.Tables.Get(Table, key, allowed));
        refused.Failure.ShouldBeOneOf(QueryFailure.NotRestored, QueryFailure.TimedOut);
        Volatile.Write(ref isLocked, false);
        AwaitReady(second);
        var answer = await second.Goka.Tables.Get(Table, key, allowed with { Timeout = Patience });

        Codec.Int64.Decode(answer.Value).ShouldBe(1);
        answer.Stamp.Source.ShouldBe(ReadSource.Standby);
        answer.Stamp.TableOffset.ShouldBe(Kafka.Offsets(Table, PartitionOf(key)).High);
        await Should.ThrowAsync<QueryException>(() => second.Goka.Tables.Get(Table, key, new QueryOptions { Timeout = TimeSpan.FromMilliseconds(50) }));
    }

    [Fact]
    public async Task A_standby_whose_store_fails_must_begin_again_and_trouble_nobody()
    {
        var (first, second) = (new Node(this, "cooperative"), new Node(this, "cooperative"));
        await first.Start();
        await second.Start();
        AwaitShared(first, second);
        AwaitReady(second);
        var refusals = 2;
        second.Storage.RefuseWrite = id => second.Standbys.Contains(id.Partition) && Interlocked.Decrement(ref refusals) >= 0
            ? new StorageException("The disk is full.")
            : null;

        Send(Keys);
        AwaitCommitted();

        Eventually(() => second.Processor.Partitions.Sum(p => p.Restarts).ShouldBe(2));
        AwaitReady(second);
        Eventually(() => second.Processor.State.ShouldBe(ProcessorState.Running));
        second.Processor.Partitions.Where(p => p.Role == PartitionRole.Active).ShouldAllBe(p => p.Restarts == 0);
    }

    [Fact]
    public async Task Joined_tables_must_be_kept_ready_too()
    {
        Kafka.CreateTable("prices", Partitions);
        foreach (var key in Keys)
            Kafka.Append("prices", PartitionOf(key), key, "5");
        var graph = GroupGraph.Define<string>(Group, g => g
            .Input("in", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + ctx.Join<string>("prices")))
            .Join("prices", Codec.String)
            .Persist(Codec.String));
        var opened = new ConcurrentQueue<StorageId>();
        var storage = new KeptStorage
        {
            RefuseOpen = id =>
            {
                opened.Enqueue(id);
                return null;
            },
        };
        var first = await GokaIn(SecondSystem(Config("cooperative")), new KeptStorage()).Process(graph).Running();
        var second = await GokaIn(SecondSystem(Config("cooperative")), storage).Process(graph).Running();
        Eventually(() => second.Partitions.Count(p => p.State == PartitionState.Following).ShouldBe(2));
        Send(Keys);
        AwaitCommitted();

        await first.Stop().WaitAsync(Patience);
        Eventually(() => second.Partitions.Count(p => p.State == PartitionState.Running).ShouldBe(Partitions));
        Send(Keys);
        AwaitCommitted();

        foreach (var key in Keys)
            (await second.Get(key)).ShouldBe("55", key);
        opened.Count.ShouldBe(2 * Partitions);
    }

    [Fact]
    public async Task The_group_must_be_joined_only_once_the_tables_of_every_partition_are_restored()
    {
        var first = new Node(this, "eager");
        await first.Start();
        Send(Keys);
        AwaitCommitted();
        await first.Processor.Stop().WaitAsync(Patience);
        var isLocked = true;
        var second = new Node(this, "eager", settings: "goka.processor { recover-ahead = on, standby = 0 }")
        {
            Refuse = id => id.Partition == 3 && Volatile.Read(ref isLocked) ? new StorageLockedException("Held.") : null,
        };

        second.Launch();
        Eventually(() => second.Processor.Partitions.Select(p => p.State).Take(3).ShouldAllBe(s => s == PartitionState.Following));
        Kafka.Members(Group).ShouldBeEmpty();
        second.Processor.State.ShouldBe(ProcessorState.Starting);
        Volatile.Write(ref isLocked, false);
        await second.Processor.Ready.WaitAsync(Patience);

        second.Opened.Where(id => id.Partition != 3).Count().ShouldBe(3, "what was restored was taken over");
        second.Processor.Partitions.ShouldAllBe(p => p.Role == PartitionRole.Active && p.Restored == 0);
        await ShouldHave(Keys, 1, second.Processor);
        await second.Processor.Stop().WaitAsync(Patience);
        second.Storage.Open.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_processor_that_restores_ahead_must_stop_when_asked_and_leave_nothing_open()
    {
        Kafka.CreateTable(Table, Partitions);
        var node = new Node(this, "eager", settings: "goka.processor.recover-ahead = on") { Refuse = id => id.Partition == 3 ? new StorageLockedException("Held.") : null };
        node.Launch();
        Eventually(() => node.Processor.Partitions.Count(p => p.State == PartitionState.Following).ShouldBe(3));

        await node.Processor.Stop().WaitAsync(Patience);

        node.Storage.Open.ShouldBeEmpty();
    }

    [Fact]
    public async Task Failover_must_read_nothing_again_that_a_standby_has()
    {
        var records = Environment.GetEnvironmentVariable("GOKA_FAULTS") == "full" ? 200_000 : 5_000;
        Kafka.CreateTable(Table, Partitions);
        for (var partition = 0; partition < Partitions; partition++)
        {
            for (var i = 0; i < records; i++)
                Kafka.Append(Table, partition, $"{partition}-{i}", "00000001");
        }

        var directory = Directory.CreateTempSubdirectory("goka-failover-");
        foreach (var standby in new[] { 0, 1 })
        {
            var settings = $"goka.processor.standby = {standby}";
            var nodes = Enumerable.Range(0, 2).Select(i => new Node(
                this, "cooperative", settings: settings, stores: new LiteDbStorageProvider(Path.Combine(directory.FullName, $"{standby}-{i}")))).ToList();
            var (first, second) = (nodes[0], nodes[1]);
            await first.Start();
            await second.Start();
            AwaitShared(first, second);
            if (standby > 0)
                AwaitReady(second);
            var moved = first.Active;
            var watch = Stopwatch.StartNew();

            await first.Processor.Stop().WaitAsync(Patience);
            Eventually(() => second.Active.Count.ShouldBe(Partitions));

            watch.Stop();
            var restored = second.Processor.Partitions.Where(p => moved.Contains(p.Partition)).Sum(p => p.Restored);
            _output.WriteLine(
                $"standby = {standby}: {moved.Count} partitions of {records} records each moved; {restored} records restored, all processing again "
                + $"{watch.ElapsedMilliseconds} ms after the owner was asked to stop");
            restored.ShouldBe(standby == 0 ? moved.Count * records : 0);
            await second.Processor.Stop().WaitAsync(Patience);
        }

        directory.Delete(recursive: true);
    }

    static string Config(string rebalance, Delivery delivery = Delivery.AtLeastOnce) =>
        "goka.processor { standby = 1, restart.max-restarts = 1000, rebalance = " + rebalance
        + (delivery == Delivery.ExactlyOnce ? ", delivery = exactly-once, transaction.commit-interval = 20ms }" : " }");

    void AwaitShared(Node first, Node second) => Eventually(() => (first.Active.Count, second.Active.Count).ShouldBe((2, 2)));

    // Standbys of all that it does not have, up to the changelogs' ends.
    void AwaitReady(Node node) => Eventually(() =>
    {
        node.Processor.Partitions.Count.ShouldBe(Partitions);
        foreach (var standby in node.Processor.Partitions.Where(p => p.Role == PartitionRole.Standby))
            (standby.State, standby.TableOffset).ShouldBe((PartitionState.Following, Kafka.Offsets(Table, standby.Partition).High), $"partition {standby.Partition}");
        (node.Active.Count + node.Standbys.Count).ShouldBe(Partitions);
    });

    /// <summary>A node with stores that outlive its processors, each in an actor system of its own.</summary>
    sealed class Node
    {
        readonly StandbySpec _spec;
        readonly string _config;
        readonly Goka _goka;
        Processor<long>? _processor;

        public Node(
            StandbySpec spec, string rebalance, Delivery delivery = Delivery.AtLeastOnce, string settings = "", IStorageProvider? stores = null)
        {
            _spec = spec;
            _config = settings + "\n" + Config(rebalance, delivery).Replace("standby = 1,", settings.Contains("standby") ? "" : "standby = 1,");
            Storage.RefuseOpen = id =>
            {
                if (Refuse(id) is { } error)
                    return error;
                Opened.Enqueue(id);
                return null;
            };
            _goka = spec.GokaIn(spec.SecondSystem(_config), stores ?? Storage);
        }

        public KeptStorage Storage { get; } = new();

        public Func<StorageId, Exception?> Refuse { get; set; } = static _ => null;

        public ConcurrentQueue<StorageId> Opened { get; } = new();

        public ConcurrentQueue<string> Calls { get; } = new();

        public Goka Goka => _goka;

        public Processor<long> Processor => _processor!;

        public List<int> Active => RunningOf(Processor);

        public List<int> Standbys => [.. Processor.Partitions.Where(p => p.Role == PartitionRole.Standby).Select(p => p.Partition)];

        public void Launch() => _processor = _goka.Process(Counting(Calls.Enqueue));

        public Task Start()
        {
            Launch();
            return Processor.Ready.WaitAsync(Patience);
        }
    }
}
