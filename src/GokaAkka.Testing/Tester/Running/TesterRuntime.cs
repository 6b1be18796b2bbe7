using GokaAkka.Runtime;

namespace GokaAkka.Testing;

/// <summary>
/// What a node of a tester takes for its machine: the virtual clock, loops that take a step when the tester says so, and waits that end when what they wait for
/// has come or the clock has passed their end. Used by one thread at a time.
/// </summary>
sealed class TesterRuntime(TesterEngine engine) : NodeRuntime(engine.Time)
{
    readonly List<Loop> _loops = [];
    readonly List<(Fiber Fiber, Func<bool> IsOver, TimeSpan End)> _waits = [];
    bool _isDead;

    public override TaskCreationOptions Completion => TaskCreationOptions.None;

    /// <summary>When the next wait ends by itself; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan NextDeadline => _waits.Select(static w => w.End).DefaultIfEmpty(TimeSpan.MaxValue).Min();

    public override void Start(ILoop loop) => _loops.Add(new Loop(loop));

    public override Task Run(Action work)
    {
        try
        {
            work();
            return Task.CompletedTask;
        }
        catch (Exception e)
        {
            return Task.FromException(e);
        }
    }

    public override bool Wait(Task task, TimeSpan timeout)
    {
        WaitUntil(() => task.IsCompleted, timeout);
        return task.IsCompleted;
    }

    /// <summary>Called by a loop: waits until a condition holds, for so long at most.</summary>
    public void WaitUntil(Func<bool> isOver, TimeSpan timeout)
    {
        if (isOver())
            return;
        _waits.Add((Fiber.Current!, isOver, timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : engine.Now + timeout));
        Fiber.Current!.Wait();
        if (_isDead)
            throw new ProcessEndedException();
    }

    /// <summary>Has waits end that are over, and each loop take a step that does not wait.</summary>
    /// <returns>Whether a wait has ended or a loop has.</returns>
    public bool Step()
    {
        var did = false;
        // Not those that begin meanwhile: they are for the next step.
        foreach (var wait in _waits.ToList())
        {
            if (!wait.IsOver() && engine.Now < wait.End)
                continue;
            did |= wait.End != TimeSpan.MaxValue;
            _waits.Remove(wait);
            wait.Fiber.GoOn();
        }

        foreach (var loop in _loops)
            loop.Step();
        return did | _loops.RemoveAll(static l => l.HasEnded) > 0;
    }

    /// <summary>The process is gone, and its loops with it.</summary>
    public void Kill()
    {
        _isDead = true;
        _loops.Clear();
        _waits.ForEach(static w => w.Fiber.GoOn());
        _waits.Clear();
    }

    // Pauses are as long as is said.
    protected override double Chance() => 0.5;

    sealed class Loop(ILoop loop)
    {
        bool _hasBegun;
        bool _isAtIt;

        public bool HasEnded { get; private set; }

        public void Step()
        {
            if (_isAtIt)
                return;
            _isAtIt = true;
            Fiber.Run(() =>
            {
                try
                {
                    StepOnce();
                }
                catch (ProcessEndedException)
                {
                    // With its process.
                }
                catch (Exception e)
                {
                    HasEnded = true;
                    loop.End(e);
                }

                _isAtIt = false;
            });
        }

        void StepOnce()
        {
            if (!_hasBegun)
                loop.Begin();
            _hasBegun = true;
            if (!loop.IsStopping)
            {
                loop.Step();
                return;
            }

            HasEnded = true;
            loop.End(null);
        }
    }

    sealed class ProcessEndedException() : Exception("The process has ended.");
}
