using Akka.TestKit.Xunit2;
using GokaAkka.Cluster;

namespace GokaAkka.Specs.Clusters;

/// <summary>The entity of a partition: what it answers, and that it goes when its shard does.</summary>
public sealed class ReadGatewaySpec : TestKit
{
    const string Here = "akka.tcp://nodes@127.0.0.1:1";
    const string There = "akka.tcp://nodes@127.0.0.1:2";

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    static readonly TimeSpan s_attempt = TimeSpan.FromSeconds(1);

    readonly LocalTables<long> _tables = new(new OnePartition());
    readonly LocalTableBoard _board = new();
    readonly SharedMap _map = new();
    readonly ManualTime _time = new();
    readonly IActorRef _gateway;

    public ReadGatewaySpec(ITestOutputHelper output) : base((Akka.Configuration.Config?)null, output: output)
    {
        _tables.SetCount(2);
        _board.Add(new LocalTable("t", ReadSource.Owner, "group g", _tables, static () => Actors.ProcessorState.Running), new TaskCompletionSource().Task);
        _gateway = Sys.ActorOf(ReadGateway.Props(new LocalReader(Here, _board, TimeProvider.System), _map, new MessageLimit(128_000), s_attempt, _time));
    }

    [Fact]
    public void Gateway_must_answer_from_the_partition_on_its_node()
    {
        using var table = Open();
        _tables.Set(1, table);

        _gateway.Tell(Read("alice"), TestActor);
        _gateway.Tell(Read("bob"), TestActor);

        var alice = ExpectMsg<KeyRead>(s_patience);
        (Codec.Int64.Decode(alice.Value), alice.Stamp.Node, alice.Stamp.Partition, alice.Stamp.TableOffset).ShouldBe((5, Here, 1, 8));
        ExpectMsg<KeyRead>(s_patience).Value.ShouldBeNull();
    }

    [Fact]
    public void Gateway_must_name_the_owner_and_its_generation_when_it_has_not_the_partition()
    {
        _map.Current = ClusterMap.Empty.With(new NodeStatement(There, 1, 1, [new GroupStatement("g", "t", 2, "fnv1a", 7, [1], [])], []));

        _gateway.Tell(Read("alice"), TestActor);

        var refused = ExpectMsg<ReadRefused>(s_patience);
        (refused.Failure, refused.Node, refused.Owner, refused.Generation).ShouldBe((QueryFailure.NotRestored, Here, There, 7));
    }

    [Fact]
    public void Gateway_must_name_nobody_when_the_partition_is_its_own_nodes_and_not_restored()
    {
        _map.Current = ClusterMap.Empty.With(new NodeStatement(Here, 1, 1, [new GroupStatement("g", "t", 2, "fnv1a", 7, [1], [])], []));

        _gateway.Tell(Read("alice"), TestActor);

        var refused = ExpectMsg<ReadRefused>(s_patience);
        (refused.Failure, refused.Owner).ShouldBe((QueryFailure.NotRestored, null));
        refused.Reason.ShouldContain("group g is Running");
    }

    [Fact]
    public void Gateway_must_refuse_a_key_that_belongs_to_another_partition_here()
    {
        using var table = Open();
        _tables.Set(0, table);

        _gateway.Tell(new ReadKey("t", 0, 0, false, "alice"u8.ToArray()), TestActor);

        var refused = ExpectMsg<ReadRefused>(s_patience);
        refused.Failure.ShouldBe(QueryFailure.Failed);
        refused.Reason.ShouldContain("Set goka.processor.partitioner alike on all nodes");
    }

    [Fact]
    public void A_partition_whose_disk_is_slow_must_keep_no_other_waiting()
    {
        using var disk = new ManualResetEventSlim();
        var stores = new KeptStorage { RefuseRead = _ => disk.Wait(s_patience) ? null : new TimeoutException("nobody has let the disk go on") };
        using var slow = new PartitionTable<long>(new StorageId("g", "t", 0), Codec.Int64, ((IStorageProvider)stores).Open(new StorageId("g", "t", 0)), 1 << 20);
        using var quick = Open();
        _tables.Set(0, slow);
        _tables.Set(1, quick);

        _gateway.Tell(new ReadRange("t", 0, 0, false, KeyRange.All, 1, 1), TestActor);
        _gateway.Tell(new ReadRange("t", 0, 0, false, KeyRange.All, 1, 1), TestActor);
        _gateway.Tell(Read("alice"), TestActor);

        ExpectMsg<KeyRead>(s_patience).Stamp.Partition.ShouldBe(1);
        disk.Set();
        ExpectMsg<RangeRead>(s_patience).Stamp.Partition.ShouldBe(0);
        ExpectMsg<RangeRead>(s_patience);
    }

    [Fact]
    public void Reads_that_nobody_waits_for_any_more_must_not_be_made()
    {
        using var disk = new ManualResetEventSlim();
        using var reading = new ManualResetEventSlim();
        var reads = 0;
        var stores = new KeptStorage
        {
            RefuseRead = _ =>
            {
                Interlocked.Increment(ref reads);
                reading.Set();
                return disk.Wait(s_patience) ? null : new TimeoutException("nobody has let the disk go on");
            },
        };
        using var slow = new PartitionTable<long>(new StorageId("g", "t", 0), Codec.Int64, ((IStorageProvider)stores).Open(new StorageId("g", "t", 0)), 1 << 20);
        _tables.Set(0, slow);
        var all = new ReadRange("t", 0, 0, false, KeyRange.All, 1, 1);
        _gateway.Tell(all, TestActor);
        reading.Wait(s_patience).ShouldBeTrue();
        _gateway.Tell(all, CreateTestProbe());
        _gateway.Tell(all, CreateTestProbe());
        // Answered at once, so that those before are queued.
        _gateway.Tell(Read("alice"), TestActor);
        ExpectMsg<ReadRefused>(s_patience);

        _time.Advance(s_attempt);
        _gateway.Tell(all, TestActor);
        _gateway.Tell(new ReadKey("t", 1, 0, false, "bob"u8.ToArray()), TestActor);
        ExpectMsg<ReadRefused>(s_patience);
        disk.Set();

        ExpectMsg<RangeRead>(s_patience);
        ExpectMsg<RangeRead>(s_patience);
        Volatile.Read(ref reads).ShouldBe(2);
    }

    [Fact]
    public void Gateway_must_stop_when_its_shard_moves()
    {
        Watch(_gateway);

        _gateway.Tell(StopGateway.Instance);

        ExpectTerminated(_gateway, s_patience);
    }

    static ReadKey Read(string key) => new("t", 1, 0, false, System.Text.Encoding.UTF8.GetBytes(key));

    static PartitionTable<long> Open()
    {
        var table = new PartitionTable<long>(new StorageId("g", "t", 1), Codec.Int64, new MemoryStorage(), 1 << 20) { Offset = 8 };
        table.Set("alice"u8, "5"u8, 5);
        return table;
    }

    sealed class OnePartition : IPartitioner
    {
        public string Name => "one";

        public int Partition(ReadOnlySpan<byte> key, int partitions) => 1;
    }
}
