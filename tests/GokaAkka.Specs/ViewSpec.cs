namespace GokaAkka.Specs;

public sealed class ViewSpec : GokaSpec
{
    public ViewSpec(ITestOutputHelper output) : base(output) => Kafka.CreateTable(Table, Partitions);

    [Fact]
    public async Task View_must_begin_anew_when_its_topic_is_made_again()
    {
        Set("alice", "1");
        Set("bob", "2");
        await using var view = await Goka.View(Table, Codec.Int64).Running();

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

    void Set(string key, string value) => Kafka.Append(Table, PartitionOf(key), key, value);
}
