using GokaAkka.Runtime;

namespace GokaAkka.Actors;

/// <summary>What the actors of a processor or view tell its handle. Safe for concurrent use.</summary>
abstract class PartStatus<TState>
    where TState : struct, Enum
{
    readonly TaskCompletionSource _ready;
    readonly TaskCompletionSource _done;
    readonly TState _running;
    volatile object _state;

    /// <param name="troubles">Told of what it waits for.</param>
    /// <param name="first">The state it begins with.</param>
    /// <param name="running">The state in which it is ready.</param>
    /// <param name="runtime">How it tells of both ends.</param>
    protected PartStatus(TroubleBoard troubles, TState first, TState running, NodeRuntime runtime)
    {
        _ready = new(runtime.Completion);
        _done = new(runtime.Completion);
        Troubles = troubles;
        _state = first;
        _running = running;
        // Whoever does not wait for them hears of a failure through the log: it is not an unobserved exception.
        _ = _ready.Task.ContinueWith(static t => _ = t.Exception, TaskContinuationOptions.OnlyOnFaulted);
        _ = _done.Task.ContinueWith(static t => _ = t.Exception, TaskContinuationOptions.OnlyOnFaulted);
    }

    public Task Ready => _ready.Task;

    public Task Done => _done.Task;

    public ConcurrentDictionary<int, PartitionStatus> Partitions { get; } = new();

    /// <summary>What keeps it from its work at the moment.</summary>
    public TroubleBoard Troubles { get; }

    /// <summary>Told after each change of state, on the actor's thread.</summary>
    public event Action<TState>? Changed;

    /// <summary>Hears of listeners of <see cref="Changed"/> that threw: their fault is not the processor's, or the view's.</summary>
    public Action<Exception>? ListenerFailed { get; set; }

    public TState State
    {
        get => (TState)_state;
        set
        {
            if (_state.Equals(value))
                return;
            _state = value;
            if (value.Equals(_running))
                _ready.TrySetResult();
            try
            {
                Changed?.Invoke(value);
            }
            catch (Exception e)
            {
                ListenerFailed?.Invoke(e);
            }
        }
    }

    /// <summary>It has ended.</summary>
    /// <param name="last">In which state.</param>
    /// <param name="error">What went wrong, if anything did.</param>
    /// <param name="unready">What is told to whoever still waits for it to be ready.</param>
    protected void End(TState last, Exception? error, Exception unready)
    {
        State = last;
        _ready.TrySetException(error ?? unready);
        _ = error is null ? _done.TrySetResult() : _done.TrySetException(error);
    }
}
