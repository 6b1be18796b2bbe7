using GokaAkka.Tables;

namespace GokaAkka.Specs;

public sealed class ViewSpec : GokaSpec
{
    public ViewSpec(ITestOutputHelper output) : base(output) => Kafka.CreateTable(Table, Partitions);

    [Fact]
    public async Task View_must_have_everything_once_it_is_ready_and_follow_then()
    {
        Set("alice", "1");
        Set("bob", "2");
        await using var view = Goka.View(Table, Codec.Int64);

        await view.Ready.WaitAsync(Patience);
        (view.State, view.Get("alice"), view.Get("bob"), view.Has("carol")).ShouldBe((ViewState.Running, 1L, 2L, false));
        Set("alice", "3");
        Set("bob", null);

        Eventually(() => (view.Get("alice"), view.Has("bob")).ShouldBe((3L, false)));
    }

    [Fact]
    public async Task View_of_an_empty_table_must_be_ready()
    {
        await using var view = Goka.View(Table, Codec.Int64);

        await view.Ready.WaitAsync(Patience);

        view.Iterate().Next().ShouldBeFalse();
    }

    [Fact]
    public async Task View_must_iterate_over_all_partitions_in_byte_order()
    {
        var keys = Enumerable.Range(0, 30).Select(i => $"key{i}").ToList();
        keys.ForEach(k => Set(k, "1"));
        await using var view = Goka.View(Table, Codec.Int64);
        await view.Ready.WaitAsync(Patience);

        Names(view.Iterate()).ShouldBe(keys.Order(StringComparer.Ordinal));
        Names(view.Iterate(KeyRange.Prefix("key1"))).ShouldBe(keys.Where(k => k.StartsWith("key1")).Order(StringComparer.Ordinal));
        Names(view.Iterate(KeyRange.Between("key2", "key25"))).ShouldBe(["key2", "key20", "key21", "key22", "key23", "key24"]);
        using var iterator = view.Iterate();
        iterator.Seek("key28");
        Names(iterator)[..2].ShouldBe(["key28", "key29"]);
    }

    [Fact]
    public async Task View_must_close_its_stores_and_answer_no_more_once_it_is_disposed()
    {
        var view = Goka.View(Table, Codec.Int64);
        await view.Ready.WaitAsync(Patience);
        Storage.Open.Count.ShouldBe(Partitions);

        await view.DisposeAsync().AsTask().WaitAsync(Patience);
        await view.DisposeAsync().AsTask().WaitAsync(Patience);

        Storage.Open.ShouldBeEmpty();
        view.State.ShouldBe(ViewState.Stopped);
        view.Done.IsCompletedSuccessfully.ShouldBeTrue();
        Should.Throw<PartitionNotHereException>(() => view.Get("alice"));
        Should.Throw<PartitionNotHereException>(() => view.Iterate());
    }

    [Fact]
    public async Task View_must_restore_only_what_is_newer_from_a_kept_store()
    {
        Set("alice", "1");
        Set("bob", "2");
        var first = Goka.View(Table, Codec.Int64);
        await first.Ready.WaitAsync(Patience);
        await first.DisposeAsync();
        Set("alice", "5");

        await using var view = Goka.View(Table, Codec.Int64);
        await view.Ready.WaitAsync(Patience);

        view.Get("alice").ShouldBe(5);
        view.Partitions.Sum(p => p.Restored).ShouldBe(1);
    }

    [Fact]
    public async Task View_must_begin_anew_when_its_topic_is_made_again()
    {
        Set("alice", "1");
        Set("bob", "2");
        await using var view = Goka.View(Table, Codec.Int64);
        await view.Ready.WaitAsync(Patience);

        Kafka.RecreateTopic(Table);
        Set("carol", "3");

        Eventually(() => (view.State, view.Has("alice"), view.Get("carol")).ShouldBe((ViewState.Running, false, 3L)));
    }

    [Fact]
    public async Task View_of_a_topic_that_does_not_exist_must_fail_and_say_so_when_the_start_has_a_time()
    {
        await using var view = GokaIn(SecondSystem("goka.start-timeout = 100ms"), Storage).View("nowhere", Codec.Int64);

        var error = await Should.ThrowAsync<StartupException>(() => view.Ready.WaitAsync(Patience));

        error.Message.ShouldContain("Topic 'nowhere' does not exist yet");
        error.Message.ShouldContain("goka.start-timeout says: 00:00:00.1");
        view.State.ShouldBe(ViewState.Failed);
        await Should.ThrowAsync<StartupException>(() => view.Done);
    }

    [Fact]
    public async Task View_must_start_a_partition_again_whose_store_fails()
    {
        var refusals = 1;
        Storage.RefuseOpen = id => id.Partition == 2 && Interlocked.Decrement(ref refusals) >= 0 ? new StorageLockedException("Held.") : null;
        await using var view = Goka.View(Table, Codec.Int64);

        await view.Ready.WaitAsync(Patience);

        view.Partitions[2].Restarts.ShouldBe(1);
        view.Partitions[2].LastError.ShouldBeOfType<StorageLockedException>();
    }

    void Set(string key, string? value)
    {
        if (value is null)
            Kafka.Append(Table, PartitionOf(key), key, (byte[]?)null);
        else
            Kafka.Append(Table, PartitionOf(key), key, value);
    }

    static List<string> Names<T>(TableIterator<T> iterator)
    {
        var names = new List<string>();
        while (iterator.Next())
            names.Add(iterator.Key.ToString());
        return names;
    }
}
