namespace GokaAkka.Testing;

/// <summary>
/// A thread that waits in the midst of its work while everything else goes on, and goes on itself when it is its turn: never two of them, and the
/// driver's own, at the same time.
/// </summary>
sealed class Fiber
{
    static readonly ConcurrentBag<Fiber> Idle = [];

    [ThreadStatic]
    static Fiber? _current;

    readonly SemaphoreSlim _go = new(0);
    readonly SemaphoreSlim _stay = new(0);
    Action? _work;

    Fiber() => new Thread(Loop) { IsBackground = true, Name = "simulated thread" }.Start();

    /// <summary>The one that runs on this thread, or null.</summary>
    public static Fiber? Current => _current;

    /// <summary>Does some work until it waits, or is done.</summary>
    public static void Run(Action work)
    {
        if (!Idle.TryTake(out var fiber))
            fiber = new Fiber();
        fiber._work = work;
        fiber.GoOn();
    }

    /// <summary>Goes on with the work until it waits again, or is done.</summary>
    public void GoOn()
    {
        _go.Release();
        _stay.Wait();
        if (_work is null)
            Idle.Add(this);
    }

    /// <summary>Called by the work: waits until it is told to go on.</summary>
    public void Wait()
    {
        _stay.Release();
        _go.Wait();
    }

    void Loop()
    {
        _current = this;
        while (true)
        {
            _go.Wait();
            _work!();
            _work = null;
            _stay.Release();
        }
    }
}
