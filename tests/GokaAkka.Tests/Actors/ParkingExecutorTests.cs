using Akka.Dispatch;
using GokaAkka.Actors.Dispatchers;

namespace GokaAkka.Tests.Actors;

public sealed class ParkingExecutorTests : IDisposable
{
    const int Most = 8;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly ParkingExecutor _executor = new("test", 2, Most);
    readonly ManualResetEventSlim _goOn = new();

    public void Dispose()
    {
        _goOn.Set();
        _executor.Shutdown();
    }

    [Fact]
    public void Everything_is_run_once_whoever_asks_for_it()
    {
        const int each = 10_000;
        var counts = new int[4 * each];
        using var done = new CountdownEvent(counts.Length);

        Parallel.For(0, 4, asker =>
        {
            for (var i = 0; i < each; i++)
            {
                var number = (asker * each) + i;
                Run(() =>
                {
                    Interlocked.Increment(ref counts[number]);
                    done.Signal();
                });
            }
        });

        done.Wait(Patience).ShouldBeTrue($"{done.CurrentCount} are missing");
        counts.ShouldAllBe(c => c == 1);
    }

    [Fact]
    public void Work_goes_on_while_callbacks_block_as_long_as_there_may_be_more_threads()
    {
        using var blocked = new CountdownEvent(Most - 1);
        for (var i = 0; i < Most - 1; i++)
        {
            Run(() =>
            {
                blocked.Signal();
                _goOn.Wait(Patience);
            });
        }

        blocked.Wait(Patience).ShouldBeTrue($"{blocked.CurrentCount} were never begun");
        using var ran = new ManualResetEventSlim();
        Run(ran.Set);

        ran.Wait(Patience).ShouldBeTrue();
    }

    [Fact]
    public void There_are_no_more_threads_than_the_most()
    {
        var (running, most) = (0, 0);
        using var begun = new CountdownEvent(Most);
        using var done = new CountdownEvent(2 * Most);
        for (var i = 0; i < 2 * Most; i++)
        {
            Run(() =>
            {
                var now = Interlocked.Increment(ref running);
                lock (done)
                    most = Math.Max(most, now);
                if (!begun.IsSet)
                    begun.Signal();
                _goOn.Wait(Patience);
                Interlocked.Decrement(ref running);
                done.Signal();
            });
        }

        begun.Wait(Patience).ShouldBeTrue();
        _goOn.Set();

        done.Wait(Patience).ShouldBeTrue();
        most.ShouldBe(Most);
    }

    [Fact]
    public void What_was_asked_for_before_the_end_is_run_and_nothing_after_it()
    {
        using var done = new CountdownEvent(100);
        for (var i = 0; i < 100; i++)
            Run(() => done.Signal());

        _executor.Shutdown();

        done.Wait(Patience).ShouldBeTrue($"{done.CurrentCount} are missing");
        Should.Throw<RejectedExecutionException>(() => Run(() => { }));
    }

    void Run(Action action) => _executor.Execute(new ActionRunnable(action));
}
