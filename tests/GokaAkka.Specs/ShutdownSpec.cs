namespace GokaAkka.Specs;

public sealed class ShutdownSpec(ITestOutputHelper output) : GokaSpec(output)
{
    [Fact]
    public async Task Shutdown_must_stop_processors_views_and_emitters_before_the_cluster_is_left()
    {
        Send("alice");
        var processor = await Goka.Process(Counting()).Running();
        var view = await Goka.View(Table, Codec.Int64).Running();
        AwaitCommitted();
        var emitter = Goka.Emitter("elsewhere", Codec.String);
        Kafka.CreateTopic("elsewhere");
        var emitted = emitter.Emit("alice", "");
        var found = "";
        CoordinatedShutdown.Get(Sys).AddTask(CoordinatedShutdown.PhaseClusterShardingShutdownRegion, "look", () =>
        {
            found = $"{processor.State} {processor.Done.Status} {view.State} {view.Done.Status} {emitted.Status} {Storage.Open.Count}";
            return Task.FromResult(Akka.Done.Instance);
        });

        await CoordinatedShutdown.Get(Sys).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience);

        found.ShouldBe("Stopped RanToCompletion Stopped RanToCompletion RanToCompletion 0");
        Should.Throw<ObjectDisposedException>(() => emitter.Emit("alice", ""));
        AwaitCommitted();
        Kafka.Members(Group).ShouldBeEmpty();
    }

    [Fact]
    public void Shutdown_must_give_processors_the_time_that_a_drain_may_take() =>
        CoordinatedShutdown.Get(Sys).Timeout(CoordinatedShutdown.PhaseBeforeClusterShutdown).ShouldBe(TimeSpan.FromSeconds(28));

    [Theory]
    [InlineData("goka.processor.drain-timeout = 35s", "timeout is 28 s: expected at least 40 s")]
    [InlineData("akka.coordinated-shutdown.phases.before-cluster-shutdown.timeout = 7s", "timeout is 7 s: expected at least 15 s")]
    public void Shutdown_that_would_cut_processors_off_must_be_told_at_the_start(string config, string expected)
    {
        var system = SecondSystem(config);
        system.EventStream.Subscribe(TestActor, typeof(Akka.Event.Warning));

        GokaIn(system, Storage);

        ExpectMsg<Akka.Event.Warning>(Patience).Message.ToString()!.ShouldContain($"akka.coordinated-shutdown.phases.before-cluster-shutdown.{expected}");
    }

    [Fact]
    public async Task Terminating_the_system_must_stop_a_processor_in_order()
    {
        Send("alice");
        var system = SecondSystem();
        var processor = GokaIn(system, Storage).Process(Counting());
        Eventually(() => processor.Partitions.Sum(p => p.Processed).ShouldBe(1));

        await system.Terminate().WaitAsync(Patience);

        processor.State.ShouldBe(ProcessorState.Stopped);
        Storage.Open.ShouldBeEmpty();
        AwaitCommitted();
    }
}
