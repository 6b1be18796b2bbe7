using Akka.Dispatch;

namespace GokaAkka.Actors.Dispatchers;

/// <summary>
/// Threads that wait on a monitor until there is something to run: the thread pool's, and those of <c>fork-join-executor</c>, look around for a while before
/// they sleep, which at some hundred messages a second is most of what they do. As many as there are processors; more, up to a limit, while all of those are
/// held up in callbacks that block. Safe for concurrent use.
/// </summary>
sealed class ParkingExecutor : ExecutorService
{
    // How long work waits for a thread until another one is started. Callbacks that compute end or are interrupted sooner than that.
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    // How long a thread beyond the usual number waits for work until it ends.
    static readonly TimeSpan Leisure = TimeSpan.FromSeconds(30);

    readonly object _gate = new();
    readonly Queue<IRunnable> _work = new();
    readonly Timer _growth;
    readonly int _usual;
    readonly int _most;
    int _threads;
    int _idle;
    long _taken;
    long _takenBefore;
    bool _isGrowing;
    bool _hasEnded;

    /// <param name="id">The dispatcher's name.</param>
    /// <param name="usual">How many threads run as long as none of them blocks.</param>
    /// <param name="most">How many there are at most.</param>
    public ParkingExecutor(string id, int usual, int most) : base(id)
    {
        (_usual, _most) = (usual, Math.Max(usual, most));
        _growth = new Timer(static me => ((ParkingExecutor)me!).Grow(), this, Timeout.Infinite, Timeout.Infinite);
    }

    public override void Execute(IRunnable run)
    {
        lock (_gate)
        {
            if (_hasEnded)
                throw new RejectedExecutionException($"The threads of dispatcher {Id} have ended.");
            _work.Enqueue(run);
            if (_idle > 0)
            {
                // Counted here: until it has woken up, the next call is not to count on it.
                _idle--;
                Monitor.Pulse(_gate);
            }
            else if (_threads < _usual)
            {
                StartThread();
            }
            else if (!_isGrowing && _threads < _most)
            {
                _isGrowing = true;
                _takenBefore = _taken;
                _growth.Change(Patience, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <remarks>What is queued is still run.</remarks>
    public override void Shutdown()
    {
        lock (_gate)
        {
            _hasEnded = true;
            _idle = 0;
            _growth.Dispose();
            Monitor.PulseAll(_gate);
        }
    }

    void Grow()
    {
        lock (_gate)
        {
            if (_work.Count > 0 && _taken == _takenBefore && _threads < _most)
                StartThread();
            _takenBefore = _taken;
            _isGrowing = _work.Count > 0 && _threads < _most && !_hasEnded;
            if (_isGrowing)
                _growth.Change(Patience, Timeout.InfiniteTimeSpan);
        }
    }

    void StartThread()
    {
        _threads++;
        new Thread(Work) { Name = Id, IsBackground = true }.Start();
    }

    void Work()
    {
        while (Next() is { } run)
            run.Run();
    }

    IRunnable? Next()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_work.TryDequeue(out var run))
                {
                    _taken++;
                    return run;
                }

                if (_hasEnded || !AwaitWork())
                {
                    _threads--;
                    return null;
                }
            }
        }
    }

    /// <summary>Parks. False when nothing came for so long that a thread beyond the usual number ends.</summary>
    bool AwaitWork()
    {
        _idle++;
        // Who pulses has taken it off the idle ones.
        if (Monitor.Wait(_gate, _threads > _usual ? Leisure : Timeout.InfiniteTimeSpan))
            return true;
        _idle--;
        return _threads <= _usual || _work.Count > 0;
    }
}
