namespace Akka.Actor;

/// <summary>What is to be done when the last actor has stopped: last registered, first run.</summary>
sealed class TerminationCallbacks
{
    readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Lock _lock = new();
    Stack<Action> _callbacks = new();

    public Task Task => _terminated.Task;

    public void Add(Action callback)
    {
        lock (_lock)
            (_callbacks ?? throw new InvalidOperationException("ActorSystem already terminated.")).Push(callback);
    }

    public void Run()
    {
        Stack<Action> callbacks;
        lock (_lock)
        {
            callbacks = _callbacks ?? new Stack<Action>();
            _callbacks = null;
        }
        // Not on the thread of the last actor, which the callbacks may be about to end.
        ThreadPool.UnsafeQueueUserWorkItem(_ =>
        {
            var failures = new List<Exception>();
            foreach (var callback in callbacks)
            {
                try
                {
                    callback();
                }
                catch (Exception e)
                {
                    failures.Add(e);
                }
            }
            if (failures.Count == 0)
                _terminated.SetResult();
            else
                _terminated.SetException(failures);
        }, null);
    }
}
