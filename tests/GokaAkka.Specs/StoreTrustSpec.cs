namespace GokaAkka.Specs;

/// <summary>A store that cannot be trusted is rebuilt and never served; one that cannot be written loses nothing. What was found is logged.</summary>
public sealed class StoreTrustSpec(ITestOutputHelper output) : GokaSpec(output)
{
    static readonly int Home = PartitionOf("alice");

    static readonly string SameHome = Enumerable.Range(0, 1000).Select(i => $"key-{i}").First(k => PartitionOf(k) == Home);

    StorageId Id => new(Group, Table, Home);

    [Theory]
    [InlineData(false, 0, null)]
    [InlineData(true, 2, 2L)]
    public async Task Store_beyond_the_end_of_its_changelog_must_be_rebuilt_and_both_ends_told(bool isTruncated, int end, long? alice)
    {
        await CountAlice(3);
        if (isTruncated)
            Kafka.LoseRecords(Table, Home, end);
        else
            Kafka.RecreateTopic(Table);

        await RestartMust($"the store reaches offset 3, beyond the changelog's end {end}: the topic was recreated or truncated", alice);
    }

    [Fact]
    public async Task Restore_whose_changelog_is_recreated_meanwhile_must_begin_anew_and_end()
    {
        await CountAlice(3);
        Storage.Clear();
        var (hold, held) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0);
        var kafka = new TroubledClient(Kafka)
        {
            OffsetsFound = () =>
            {
                Interlocked.Increment(ref held);
                return hold.Task;
            },
        };

        // Every partition knows where its changelog ends, and one of them will never get there.
        var processor = GokaIn(SecondSystem("goka.processor.lag-interval = 1h"), Storage, kafka).Process(Counting());
        AwaitCondition(() => Volatile.Read(ref held) == Partitions, Patience);
        Kafka.RecreateTopic(Table);
        hold.SetResult();

        await processor.Ready.WaitAsync(Patience);
        (await processor.Get("alice")).ShouldBe(0);
    }

    [Theory]
    [InlineData(true, "the record at offset 2, fingerprint ")]
    [InlineData(false, "the store reaches offset 3, and the changelog starts at 6: what was between is gone")]
    public async Task Store_of_another_topic_of_the_same_name_or_before_the_changelogs_beginning_must_be_rebuilt_and_the_difference_told(bool isOther, string told)
    {
        await CountAlice(3);
        if (isOther)
            Kafka.RecreateTopic(Table);
        AppendNewer();
        if (!isOther)
            Kafka.DeleteRecords(Table, Home, 6);

        await RestartMust(told, 14);
    }

    [Fact]
    public async Task Store_whose_changelog_was_compacted_meanwhile_must_be_trusted_and_brought_up()
    {
        await CountAlice(3);
        AppendNewer();
        Kafka.Compact(Table, Home);

        var processor = await Goka.Process(Counting()).Running();

        (await processor.Get("alice")).ShouldBe(14);
    }

    [Fact]
    public async Task Store_that_may_have_missed_deletions_must_be_rebuilt_and_never_show_what_was_deleted()
    {
        await CountAlice(3, keepsDeletionsMs: 60_000);
        var longAgo = DateTimeOffset.UtcNow.AddDays(-1).ToUnixTimeMilliseconds();
        Storage.Age(Id, longAgo);
        Kafka.Append(Table, Home, "alice", (byte[]?)null, timestamp: longAgo);
        Kafka.Append(Table, Home, SameHome, "7");
        Kafka.Compact(Table, Home);

        var processor = await RestartMust("the changelog keeps tombstones for 0.00:01:00: deletions may be missing", null);

        (await processor.Get(SameHome)).ShouldBe(7);
    }

    [Fact]
    public async Task Store_of_a_table_that_changes_seldom_must_be_trusted_while_what_is_new_is_young()
    {
        await CountAlice(3, keepsDeletionsMs: 60_000);
        Storage.Age(Id, DateTimeOffset.UtcNow.AddDays(-1).ToUnixTimeMilliseconds());
        Kafka.Append(Table, Home, "alice", "4");

        var processor = await Goka.Process(Counting()).Running();

        (await processor.Get("alice")).ShouldBe(4);
        processor.Partitions.Sum(p => p.Restored).ShouldBe(1);
    }

    [Fact]
    public async Task Store_of_an_unknown_format_must_be_removed_and_restored_without_a_restart()
    {
        await CountAlice(3);
        var refusals = 1;
        Storage.RefuseOpen = id => id == Id && Interlocked.Decrement(ref refusals) >= 0
            ? new StorageCorruptException("The store cannot be trusted: its format is version 2, expected 1.") : null;

        var processor = await RestartMust("its format is version 2, expected 1", 3);

        processor.Partitions.ShouldAllBe(p => p.Restarts == 0);
    }

    [Fact]
    public async Task Damage_that_is_found_while_a_record_is_processed_must_cost_one_restart_and_nothing_else()
    {
        await CountAlice(3);
        var refusals = 1;
        Storage.RefuseRead = id => id == Id && Interlocked.Decrement(ref refusals) >= 0
            ? new StorageCorruptException("The checksum of key 'alice' is 1, expected 2.") : null;
        Send("alice");
        var processor = await EventFilter
            .Warning(contains: "is removed and restored from the changelog: The checksum of key 'alice' is 1, expected 2.")
            .ExpectOneAsync(Patience, () =>
            {
                var started = Goka.Process(Counting());
                AwaitCommitted();
                return Task.FromResult(started);
            });

        Eventually(() => processor.Partitions[Home].State.ShouldBe(PartitionState.Running));
        (await processor.Get("alice")).ShouldBe(4);
        processor.Partitions.Sum(p => p.Restarts).ShouldBe(1);
    }

    [Fact]
    public async Task Full_disk_must_be_named_restart_the_partition_and_lose_nothing()
    {
        var isFull = true;
        Storage.RefuseWrite = id => id == Id && isFull ? new StorageException("The store /data/counts could not be written: the disk is full.") : null;
        var full = Goka.Process(Counting());
        for (var i = 0; i < 3; i++)
            Send("alice");

        var error = await Should.ThrowAsync<ProcessorFailedException>(() => full.Done.WaitAsync(Patience));

        full.Partitions[Home].Restarts.ShouldBe(3);
        error.Message.ShouldContain("/data/counts could not be written: the disk is full");
        isFull = false;
        var roomy = Goka.Process(Counting());
        AwaitCommitted();
        await roomy.Ready.WaitAsync(Patience);
        (await roomy.Get("alice")).ShouldBe(3);
        Eventually(() => Storage.Position(Id).NextOffset.ShouldBe(3));
    }

    [Fact]
    public async Task Read_only_disk_must_be_named_and_nothing_be_lost_once_it_can_be_written_again()
    {
        var refusals = 2;
        Storage.RefuseWrite = id => id == Id && Interlocked.Decrement(ref refusals) >= 0
            ? new StorageException("The store /data/counts could not be written: read-only file system.") : null;
        var processor = await Goka.Process(Counting()).Running();
        for (var i = 0; i < 3; i++)
            Send("alice");
        AwaitCommitted();

        Eventually(() => Storage.Position(Id).NextOffset.ShouldBe(3));
        Eventually(() => processor.Partitions[Home].State.ShouldBe(PartitionState.Running));
        (await processor.Get("alice")).ShouldBe(3);
        processor.Partitions[Home].Restarts.ShouldBe(2);
        processor.Partitions[Home].LastError!.Message.ShouldContain("/data/counts could not be written: read-only file system");
    }

    void AppendNewer()
    {
        for (var i = 0; i < 5; i++)
            Kafka.Append(Table, Home, "alice", $"{10 + i}");
    }

    async Task CountAlice(int times, int keepsDeletionsMs = 86_400_000)
    {
        Kafka.CreateTopic(Table, Partitions, new Dictionary<string, string>
        {
            ["cleanup.policy"] = "compact",
            ["delete.retention.ms"] = keepsDeletionsMs.ToString(CultureInfo.InvariantCulture),
        });
        for (var i = 0; i < times; i++)
            Send("alice");
        var processor = Goka.Process(Counting());
        AwaitCommitted();
        await processor.Stop().WaitAsync(Patience);
        Storage.Position(Id).NextOffset.ShouldBe(times);
    }

    /// <summary>Starts again; the store is rebuilt for a reason that is logged, and serves what the changelog says.</summary>
    async Task<Processor<long>> RestartMust(string reason, long? alice)
    {
        var processor = await EventFilter.Warning(contains: reason).ExpectOneAsync(Patience, async () =>
        {
            var started = await Goka.Process(Counting()).Running();
            return started;
        });
        (await processor.Has("alice")).ShouldBe(alice is not null);
        (await processor.Get("alice")).ShouldBe(alice ?? 0);
        return processor;
    }
}
