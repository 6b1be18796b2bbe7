using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.InProcess.Tests.Systems;

public sealed class CoordinatedShutdownSpec : Akka.TestKit.Xunit2.TestKit
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    static readonly string[] s_phases =
    [
        CoordinatedShutdown.PhaseBeforeServiceUnbind, CoordinatedShutdown.PhaseServiceUnbind, CoordinatedShutdown.PhaseServiceRequestsDone,
        CoordinatedShutdown.PhaseServiceStop, CoordinatedShutdown.PhaseBeforeClusterShutdown, CoordinatedShutdown.PhaseClusterShardingShutdownRegion,
        CoordinatedShutdown.PhaseClusterLeave, CoordinatedShutdown.PhaseClusterExiting, CoordinatedShutdown.PhaseClusterExitingDone,
        CoordinatedShutdown.PhaseClusterShutdown, CoordinatedShutdown.PhaseBeforeActorSystemTerminate, CoordinatedShutdown.PhaseActorSystemTerminate,
    ];

    readonly ConcurrentQueue<string> _ran = new();

    static ActorSystem New(string config = "") =>
        ActorSystem.Create("shutdown", ConfigurationFactory.ParseString(config).WithFallback("akka.stdout-loglevel = OFF").WithFallback(DefaultConfig));

    Func<Task<Done>> Note(string what) => () =>
    {
        _ran.Enqueue(what);
        return Task.FromResult(Done.Instance);
    };

    [Fact]
    public async Task Terminate_must_run_every_phase_in_order_and_then_end_the_system()
    {
        var system = New();
        var shutdown = CoordinatedShutdown.Get(system);
        foreach (var phase in s_phases.Reverse())
            shutdown.AddTask(phase, "note", Note(phase));
        await system.Terminate().WaitAsync(s_patience);
        _ran.ShouldBe(s_phases);
        system.WhenTerminated.IsCompletedSuccessfully.ShouldBeTrue();
        shutdown.ShutdownReason.ShouldBe(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
    }

    [Fact]
    public async Task A_phase_must_wait_for_all_tasks_of_the_one_before()
    {
        var system = New();
        var shutdown = CoordinatedShutdown.Get(system);
        var gate = new TaskCompletionSource<Done>();
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "slow", async () =>
        {
            await gate.Task;
            return await Note("slow")();
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "quick", Note("quick"));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "next", Note("next"));
        var run = shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance);
        _ran.ShouldBe(["quick"]);
        gate.SetResult(Done.Instance);
        await run.WaitAsync(s_patience);
        _ran.ShouldBe(["quick", "slow", "next"]);
        (await shutdown.Run(CoordinatedShutdown.UnknownReason.Instance)).ShouldBe(Done.Instance);
        shutdown.ShutdownReason.ShouldBe(CoordinatedShutdown.ClrExitReason.Instance);
    }

    [Fact]
    public async Task A_task_that_fails_must_be_logged_and_not_stop_the_shutdown()
    {
        var system = New();
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "throws", () => throw new InvalidOperationException("no"));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "fails", () => Task.FromException<Done>(new InvalidOperationException("no")));
        await CreateEventFilter(system).Warning(contains: "failed in phase [service-stop]: no")
            .ExpectAsync(2, () => shutdown.Run(CoordinatedShutdown.UnknownReason.Instance));
    }

    [Fact]
    public async Task A_phase_that_takes_too_long_must_be_left_behind()
    {
        var system = New("akka.coordinated-shutdown.phases.service-stop.timeout = 20 ms");
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "never", () => new TaskCompletionSource<Done>().Task);
        await CreateEventFilter(system).Warning(contains: "phase [service-stop] timed out")
            .ExpectOneAsync(() => shutdown.Run(CoordinatedShutdown.UnknownReason.Instance));
        await system.WhenTerminated.WaitAsync(s_patience);
    }

    [Fact]
    public async Task A_phase_without_recovery_must_fail_the_shutdown()
    {
        using var system = New("""
            akka.coordinated-shutdown { terminate-actor-system = off, run-by-actor-system-terminate = off, phases.service-stop.recover = off }
            """);
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "fails", () => Task.FromException<Done>(new InvalidOperationException("no")));
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "next", Note("next"));
        (await Should.ThrowAsync<InvalidOperationException>(shutdown.Run(CoordinatedShutdown.UnknownReason.Instance))).Message.ShouldBe("no");
        _ran.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_shutdown_may_start_at_a_later_phase()
    {
        var system = New();
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "early", Note("early"));
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterShutdown, "late", Note("late"));
        await shutdown.Run(CoordinatedShutdown.UnknownReason.Instance, CoordinatedShutdown.PhaseClusterLeave).WaitAsync(s_patience);
        _ran.ShouldBe(["late"]);
    }

    [Fact]
    public void Timeouts_must_come_from_the_configuration()
    {
        using var system = New("akka.coordinated-shutdown { default-phase-timeout = 7 s, phases { mine { timeout = 3 s, depends-on = [service-stop] } } }");
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.Timeout(CoordinatedShutdown.PhaseServiceStop).ShouldBe(TimeSpan.FromSeconds(7));
        shutdown.Timeout(CoordinatedShutdown.PhaseClusterExiting).ShouldBe(TimeSpan.FromSeconds(10));
        shutdown.Timeout("mine").ShouldBe(TimeSpan.FromSeconds(3));
        Should.Throw<ArgumentException>(() => shutdown.Timeout("nothing"));
        shutdown.AddTask("mine", "x", Note("x"));
        shutdown.TotalTimeout.ShouldBe(TimeSpan.FromSeconds(3 + 10));
    }

    [Fact]
    public void An_unknown_phase_must_be_an_error_that_names_it_and_the_known_ones()
    {
        var error = Should.Throw<ConfigurationException>(() => CoordinatedShutdown.Get(Sys).AddTask("nothing", "x", Note("x")));
        error.Message.ShouldContain("[nothing]");
        error.Message.ShouldContain("service-stop");
    }

    [Fact]
    public void Phases_that_wait_for_each_other_must_be_refused()
    {
        using var system = New("akka.coordinated-shutdown { run-by-actor-system-terminate = off, phases { a.depends-on = [b], b.depends-on = [a] } }");
        Should.Throw<ArgumentException>(() => CoordinatedShutdown.Get(system)).Message.ShouldContain("Cycle detected");
    }
}
