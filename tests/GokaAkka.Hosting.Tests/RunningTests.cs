using Akka.Actor;

namespace GokaAkka.Hosting.Tests;

public sealed class RunningTests : HostingTest
{
    [Fact]
    public async Task Host_must_run_what_it_was_told_to_and_have_it_injected()
    {
        using var host = Build(
            g => g.AddProcessor(Counting()).AddView(Counting().Table).AddEmitter("in", Codec.String),
            b => b.Services.AddSingleton<Client>());
        await host.StartAsync().WaitAsync(Patience);
        var client = host.Services.GetRequiredService<Client>();

        var sent = await client.Emitter.Emit("alice", "hello").WaitAsync(Patience);
        await client.Processor.Ready.WaitAsync(Patience);
        await client.View.Ready.WaitAsync(Patience);
        await Eventually(async () => await client.Processor.Get("alice") == 1 && client.View.Get("alice") == 1, "the table and its view have the count");

        sent.Offset.ShouldBe(0);
        host.Services.GetServices<Processor>().ShouldHaveSingleItem().ShouldBeSameAs(client.Processor);
        host.Services.GetRequiredService<Goka>().Processors.ShouldHaveSingleItem().ShouldBeSameAs(client.Processor);
        await host.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task Container_that_is_disposed_without_waiting_must_close_views_and_emitters()
    {
        using var host = Build(
            g => g.AddProcessor(Counting()).AddView(Counting().Table).AddEmitter("in", Codec.String),
            b => b.Services.AddSingleton<Client>());
        await host.StartAsync().WaitAsync(Patience);
        var client = host.Services.GetRequiredService<Client>();
        await client.View.Ready.WaitAsync(Patience);

        ((IDisposable)host.Services).Dispose();

        await client.View.Done.WaitAsync(Patience);
        await Should.ThrowAsync<ObjectDisposedException>(client.Emitter.Emit("alice", "late").WaitAsync(Patience));
    }

    [Fact]
    public async Task Host_must_commit_and_leave_the_group_when_it_stops()
    {
        using var host = Build(g => g.AddProcessor(Counting()));
        await host.StartAsync().WaitAsync(Patience);
        var processor = host.Services.GetRequiredService<Processor<long>>();
        await processor.Ready.WaitAsync(Patience);
        foreach (var key in Enumerable.Range(0, 100))
            Send($"key-{key}");
        await Eventually(() => Task.FromResult(processor.Partitions.Sum(p => p.Processed) > 0), "a record is processed");

        await host.StopAsync().WaitAsync(Patience);

        processor.State.ShouldBe(ProcessorState.Stopped);
        Kafka.Members(Group).ShouldBeEmpty();
        Enumerable.Range(0, Partitions).Sum(p => Kafka.CommittedOffset(Group, "in", p) ?? 0).ShouldBe(processor.Partitions.Sum(p => p.Processed));
        Log.Lines.ShouldNotContain(l => l.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task Host_must_stop_within_its_time_whatever_a_callback_does()
    {
        using var release = new ManualResetEventSlim();
        using var called = new ManualResetEventSlim();
        using var host = Build(
            g => g.AddProcessor(Counting(called: () =>
            {
                called.Set();
                release.Wait(Patience);
            })),
            b => b.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromMilliseconds(300)));
        await host.StartAsync().WaitAsync(Patience);
        Send("alice");
        called.Wait(Patience).ShouldBeTrue();

        var error = await Should.ThrowAsync<TimeoutException>(() => host.StopAsync().WaitAsync(TimeSpan.FromSeconds(10)));

        error.Message.ShouldStartWith("The host's shutdown time-out was over before all had stopped: processor counts");
        Log.Lines.ShouldContain(l => l.Level == LogLevel.Error && l.Text.Contains("shutdown time-out is over") && l.Text.Contains("processor counts"));
        release.Set();
    }

    [Fact]
    public async Task Host_must_tell_several_of_one_type_apart_by_their_names()
    {
        using var host = Build(g => g.AddProcessor(Counting()).AddProcessor("more", _ => Counting("more")));
        await host.StartAsync().WaitAsync(Patience);

        host.Services.GetRequiredKeyedService<Processor<long>>("more").Graph.Group.ShouldBe("more");
        host.Services.GetServices<Processor>().Select(p => p.Graph.Group).ShouldBe([Group, "more"]);
        Should.Throw<InvalidOperationException>(() => host.Services.GetRequiredService<Processor<long>>()).Message.ShouldBe(
            "There are several Processor<Int64>: processor counts, processor more. Inject one of them by its name: [FromKeyedServices(\"NAME\")].");
        await host.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public void Host_must_refuse_two_processors_of_one_group() =>
        Should.Throw<ArgumentException>(() => Build(g => g.AddProcessor(Counting()).AddProcessor(Counting()))).Message.ShouldBe("There is a processor counts here already.");

    [Fact]
    public async Task Host_must_leave_an_actor_system_running_that_it_was_given()
    {
        using var system = ActorSystem.Create("given");
        using var host = Build(g => g.UseSystem(_ => system).AddProcessor(Counting()));
        await host.StartAsync().WaitAsync(Patience);
        var processor = host.Services.GetRequiredService<Processor<long>>();
        await processor.Ready.WaitAsync(Patience);

        await host.StopAsync().WaitAsync(Patience);

        processor.State.ShouldBe(ProcessorState.Stopped);
        system.WhenTerminated.IsCompleted.ShouldBeFalse();
        Goka.Get(system).ShouldBeSameAs(host.Services.GetRequiredService<Goka>());
    }

    sealed record Client(Processor<long> Processor, View<long> View, Emitter<string> Emitter);
}
