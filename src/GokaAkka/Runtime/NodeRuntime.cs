namespace GokaAkka.Runtime;

/// <summary>
/// What a node takes from the machine it runs on: time, threads, work that may block, and chance. Actors and the polling thread take them from here
/// alone, so that the simulation runs the same code on virtual time, one thing after the other, from a seed.
/// </summary>
/// <param name="time">The time.</param>
class NodeRuntime(TimeProvider time)
{
    /// <summary>The machine itself.</summary>
    public static NodeRuntime Machine { get; } = new(TimeProvider.System);

    public TimeProvider Time => time;

    /// <summary>How promises are completed: whoever waits for one goes on elsewhere, not on the thread that completes it.</summary>
    public virtual TaskCreationOptions Completion => TaskCreationOptions.RunContinuationsAsynchronously;

    /// <summary>Runs a loop on a thread of its own until it is stopping.</summary>
    public virtual void Start(ILoop loop) => new Thread(() =>
    {
        Exception? error = null;
        try
        {
            loop.Begin();
            while (!loop.IsStopping)
                loop.Step();
        }
        catch (Exception e)
        {
            error = e;
        }

        loop.End(error);
    }) { Name = loop.Name, IsBackground = true }.Start();

    /// <summary>Does work that waits for a disk.</summary>
    public virtual Task Run(Action work) => Task.Run(work);

    /// <summary>Does work that waits for brokers, and may wait for long.</summary>
    public virtual Task<T> RunLong<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Ends after a time, or at the cancellation.</summary>
    public virtual Task Delay(TimeSpan delay, CancellationToken cancellation) => Task.Delay(delay, time, cancellation);

    /// <summary>Waits on the thread of a loop.</summary>
    /// <returns>False when the time is over.</returns>
    public virtual bool Wait(Task task, TimeSpan timeout) => task.Wait(timeout);

    /// <summary>Pauses in work that <see cref="RunLong"/> does.</summary>
    public virtual void Pause(TimeSpan pause) => Thread.Sleep(pause);

    /// <summary>About this long: members that lost the same broker must not all come back to it at the same moment.</summary>
    public TimeSpan Jitter(TimeSpan pause) => pause * (0.75 + (0.5 * Chance()));

    /// <summary>A number from 0 up to but not including 1.</summary>
    protected virtual double Chance() => Random.Shared.NextDouble();
}
