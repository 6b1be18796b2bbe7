namespace GokaAkka.Specs.GokaMap;

/// <summary>A copy of a whole table. goka's <c>View</c>.</summary>
public sealed class ViewSpec(ITestOutputHelper output) : MapSpec(output)
{
    static readonly Table<string> Words = new("words", Codec.String);

    // As goka places them among 10 partitions.
    static readonly (string Key, int Partition)[] Keys = [("a", 6), ("b", 9), ("key", 8), ("key1", 3), ("key2", 2), ("some-key", 7)];

    [Fact]
    public async Task A_view_must_find_the_values_of_all_partitions_and_follow_the_table()
    {
        Fill();
        await using var view = await Viewing();
        view.Get("a").ShouldBe("A");
        view.Has("a").ShouldBeTrue();
        view.Get("nobody").ShouldBeNull();
        view.Has("nobody").ShouldBeFalse();

        var changed = Kafka.Append("words", 6, "a", "AA");
        await view.WaitFor(6, changed).WaitAsync(Patience);
        view.Get("a").ShouldBe("AA");
        var deleted = Kafka.Append("words", 6, "a", (byte[]?)null);
        await view.WaitFor(6, deleted).WaitAsync(Patience);
        view.Has("a").ShouldBeFalse();
    }

    [Fact]
    public async Task An_empty_table_must_be_complete_at_once()
    {
        Kafka.CreateTable("words", 10);
        await using var view = await Viewing();
        view.State.ShouldBe(ViewState.Running);
        view.Iterate().Next().ShouldBeFalse();
    }

    [Fact]
    public async Task A_view_must_iterate_over_all_partitions_in_byte_order_over_ranges_and_prefixes()
    {
        Fill();
        await using var view = await Viewing();
        All(view.Iterate()).ShouldBe("a b key key1 key2 some-key");
        All(view.Iterate(KeyRange.Between("b", "key1"))).ShouldBe("b key");
        All(view.Iterate(KeyRange.From("key1"))).ShouldBe("key1 key2 some-key");
        All(view.Iterate(KeyRange.Prefix("key"))).ShouldBe("key key1 key2");
        All(view.Iterate(KeyRange.Between("b", "b"))).ShouldBe("");
        All(view.Iterate(KeyRange.Prefix("z"))).ShouldBe("");
    }

    [Fact]
    public async Task Seeking_must_go_before_the_first_key_at_or_after_and_backwards_too()
    {
        Fill();
        await using var view = await Viewing();
        using var iterator = view.Iterate();

        iterator.Seek("kex");
        iterator.Next().ShouldBeTrue();
        iterator.Key.ToString().ShouldBe("key");
        iterator.Seek("b");
        iterator.Next().ShouldBeTrue();
        $"{iterator.Key} {iterator.Value}".ShouldBe("b B");
        iterator.Seek("z");
        iterator.Next().ShouldBeFalse();
    }

    [Fact]
    public async Task An_iterator_must_walk_over_the_table_as_it_was()
    {
        Fill();
        await using var view = await Viewing();
        using var iterator = view.Iterate();
        await view.WaitFor(9, Kafka.Append("words", 9, "b", "changed")).WaitAsync(Patience);
        iterator.Seek("b");
        iterator.Next().ShouldBeTrue();
        iterator.Value.ShouldBe("B");
        view.Get("b").ShouldBe("changed");
    }

    [Fact]
    public async Task A_key_that_goka_keeps_its_offset_under_must_be_a_key_like_any_other()
    {
        Kafka.CreateTable("words");
        Kafka.Append("words", 0, "__offset", "mine");
        Kafka.Append("words", 0, "", "empty");
        Kafka.Append("words", 0, new Key(new byte[] { 0xff, 0xfe }), "bytes");
        await using var view = await Viewing();
        view.Get("__offset").ShouldBe("mine");
        using var iterator = view.Iterate();
        var keys = new List<Key>();
        while (iterator.Next())
            keys.Add(iterator.Key);
        keys.ShouldBe([new Key(""), new Key("__offset"), new Key(new byte[] { 0xff, 0xfe })]);
    }

    [Fact]
    public async Task Evicting_must_remove_a_key_here_alone_until_its_next_change()
    {
        Fill();
        await using var view = await Viewing();

        await view.Evict("a").WaitAsync(Patience);
        view.Has("a").ShouldBeFalse();
        Kafka.Read("words", 6).Count.ShouldBe(1);

        await view.WaitFor(6, Kafka.Append("words", 6, "a", "back")).WaitAsync(Patience);
        view.Get("a").ShouldBe("back");
    }

    [Fact]
    public async Task Changes_must_come_in_the_order_of_their_partition_with_their_offsets()
    {
        Kafka.CreateTable("words");
        await using var view = await Viewing();
        await using var changes = view.Changes().GetAsyncEnumerator();
        var first = changes.MoveNextAsync().AsTask();
        Kafka.Append("words", 0, "k", "1");
        Kafka.Append("words", 0, "k", (byte[]?)null);

        (await first.WaitAsync(Patience)).ShouldBeTrue();
        changes.Current.ShouldBe(new TableChange<string>("k", "1", false, 0, 0));
        (await changes.MoveNextAsync().AsTask().WaitAsync(Patience)).ShouldBeTrue();
        changes.Current.ShouldBe(new TableChange<string>("k", null, true, 0, 1));

        await view.DisposeAsync();
        (await changes.MoveNextAsync().AsTask().WaitAsync(Patience)).ShouldBeFalse();
    }

    [Fact]
    public async Task The_update_callback_must_make_what_the_view_holds()
    {
        Kafka.CreateTable("words");
        Kafka.Append("words", 0, "k", "1");
        Kafka.Append("words", 0, "k", "2");
        await using var view = await Goka.View(Words, (in context, table, key, value) =>
            table.Set(key, [.. table.Get(key) ?? [], .. Utf8($"{context.Offset}"), .. value!])).Running();
        view.Get("k").ShouldBe("0112");
    }

    [Fact]
    public async Task A_view_must_pass_through_its_states_and_end_when_it_is_disposed()
    {
        Fill();
        // It gets nowhere before somebody listens.
        Kafka.TakeDown();
        var view = Goka.View(Words);
        view.Table.ShouldBeSameAs(Words);
        var states = new List<ViewState>();
        view.StateChanged += state =>
        {
            lock (states)
                states.Add(state);
        };
        Kafka.BringUp();
        await view.WaitForState(ViewState.Running).WaitAsync(Patience);

        Storage.Open.Count.ShouldBe(10);
        await view.DisposeAsync().AsTask().WaitAsync(Patience);
        await view.DisposeAsync().AsTask().WaitAsync(Patience);
        await Should.ThrowAsync<InvalidOperationException>(view.WaitForState(ViewState.Running).WaitAsync(Patience));

        view.Done.IsCompletedSuccessfully.ShouldBeTrue();
        lock (states)
            states.TakeLast(2).ShouldBe([ViewState.Running, ViewState.Stopped]);
        (view.State, Storage.Open.Count).ShouldBe((ViewState.Stopped, 0));
        Should.Throw<PartitionNotHereException>(() => view.Get("a")).Message.ShouldContain("Stopped");
        Should.Throw<PartitionNotHereException>(() => view.Iterate());
        await Should.ThrowAsync<PartitionNotHereException>(() => view.Evict("a"));
        await Should.ThrowAsync<InvalidOperationException>(() => view.WaitFor(0, 1000));
    }

    [Fact]
    public async Task A_value_must_not_be_served_before_its_partition_is_complete()
    {
        Fill();
        Kafka.TakeDown();
        await using var view = Goka.View(Words);
        Should.Throw<PartitionNotHereException>(() => view.Get("a"));
        Should.Throw<PartitionNotHereException>(() => view.Iterate());
    }

    [Fact]
    public async Task A_view_of_a_topic_that_does_not_exist_must_name_it_and_wait_until_it_does()
    {
        await using var view = Goka.View("later", Codec.String);
        Await(() => view.Troubles.Any(t => t.Reason.Contains("'later' does not exist yet", StringComparison.Ordinal)), "the view says what it waits for");

        Kafka.CreateTable("later");

        await view.Ready.WaitAsync(Patience);
        view.Troubles.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_view_that_starts_while_no_broker_answers_must_say_so_and_wait()
    {
        Fill();
        Kafka.TakeDown();
        await using var view = Goka.View(Words);
        Await(() => view.Troubles.Count > 0, "the view says what it waits for");
        view.State.ShouldBe(ViewState.Starting);

        Kafka.BringUp();

        await view.Ready.WaitAsync(Patience);
        view.Get("a").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_view_that_is_started_again_must_read_only_what_is_newer_than_its_store()
    {
        Fill();
        await (await Viewing()).DisposeAsync();
        Kafka.Append("words", 6, "a", "newer");

        await using var view = await Viewing();

        (view.Get("a"), view.Get("b")).ShouldBe(("newer", "B"));
        view.Partitions.Sum(p => p.Restored).ShouldBe(1);
        view.Partitions.ShouldAllBe(p => p.State == PartitionState.Running && p.Remaining == 0);
    }

    [Fact]
    public async Task A_view_must_show_what_the_emitter_was_told_is_written()
    {
        Kafka.CreateTable("words", 10);
        await using var view = await Viewing();
        await using var emitter = Goka.Emitter("words", Codec.String);
        var written = await emitter.Emit("alice", "Alice").WaitAsync(Patience);
        await view.WaitFor(written.Partition, written.Offset).WaitAsync(Patience);
        view.Get("alice").ShouldBe("Alice");
    }

    void Fill()
    {
        Kafka.CreateTable("words", 10);
        foreach (var (key, partition) in Keys)
            Kafka.Append("words", partition, key, key.ToUpperInvariant());
    }

    Task<View<string>> Viewing() => Goka.View(Words).Running();

    static string All(TableIterator<string> iterator)
    {
        using (iterator)
        {
            var keys = new List<string>();
            while (iterator.Next())
                keys.Add(iterator.Key.ToString());
            return string.Join(" ", keys);
        }
    }
}
