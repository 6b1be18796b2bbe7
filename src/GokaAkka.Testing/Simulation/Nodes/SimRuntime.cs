using GokaAkka.Runtime;

namespace GokaAkka.Testing.Simulation;

/// <summary>What a process of the simulation takes from its machine.</summary>
sealed class SimRuntime(SimWorld world, SimProcess process, SimMachine machine) : NodeRuntime(new ProcessClock(process, machine.Clock))
{
    /// <summary>Whether the loop's next step has something to do at once.</summary>
    public Func<bool> HasNews { get; set; } = static () => false;

    /// <summary>Work on the disk that has not ended.</summary>
    public int Working { get; private set; }

    /// <summary>On the one thread there is.</summary>
    public override TaskCreationOptions Completion => TaskCreationOptions.None;

    public override void Start(ILoop loop) => process.After(TimeSpan.Zero, () => Guarded(loop, () =>
    {
        loop.Begin();
        StepLater(loop);
    }));

    public override Task Run(Action work)
    {
        var done = new TaskCompletionSource();
        Working++;
        process.After(machine.Disk.NextWrite(), () =>
        {
            Working--;
            try
            {
                work();
            }
            catch (Exception e)
            {
                done.SetException(e);
                return;
            }

            done.SetResult();
        });
        return done.Task;
    }

    public override Task<T> RunLong<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>();
        process.After(world.Random.Milliseconds(0, 1), () => Fiber.Run(() =>
        {
            try
            {
                var answer = work();
                process.After(TimeSpan.Zero, () => done.SetResult(answer));
            }
            catch (ProcessDiedException)
            {
                // So has everybody who would want to know.
            }
            catch (Exception e)
            {
                process.After(TimeSpan.Zero, () => done.SetException(e));
            }
        }));
        return done.Task;
    }

    public override Task Delay(TimeSpan delay, CancellationToken cancellation)
    {
        var over = new TaskCompletionSource();
        cancellation.Register(() => over.TrySetCanceled(cancellation));
        process.After(delay, () => over.TrySetResult());
        return over.Task;
    }

    public override bool Wait(Task task, TimeSpan timeout)
    {
        if (!world.Mutations.Has(Mutation.StartsBeforeDrained))
            process.Wait(() => task.IsCompleted, timeout);
        return task.IsCompleted || world.Mutations.Has(Mutation.StartsBeforeDrained);
    }

    public override void Pause(TimeSpan pause) => process.Wait(static () => false, pause);

    protected override double Chance() => world.Random.Fraction();

    void StepLater(ILoop loop) => process.After(HasNews() ? world.Random.Milliseconds(0.1, 3) : world.Random.Milliseconds(5, 50), () => Guarded(loop, () =>
    {
        if (loop.IsStopping)
        {
            loop.End(null);
            return;
        }

        loop.Step();
        StepLater(loop);
    }));

    void Guarded(ILoop loop, Action step)
    {
        try
        {
            step();
        }
        catch (ProcessDiedException)
        {
            // With its process.
        }
        catch (Exception e)
        {
            world.Violate($"the thread {loop.Name} of {process.Name} has ended: {e}");
        }
    }
}
