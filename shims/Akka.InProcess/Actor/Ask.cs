namespace Akka.Actor;

/// <summary>The sender of an ask: completes the asker's task with the first answer. Registered by its path only where other systems may resolve that.</summary>
sealed class FutureActorRef<T> : MinimalActorRef
{
    readonly ActorSystemImpl _system;
    readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Timer _timeout;
    readonly TimeSpan _after;
    CancellationTokenRegistration _cancellation;
    ActorPath _path;

    public FutureActorRef(ActorSystemImpl system, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _system = system;
        _after = timeout;
        if (timeout > TimeSpan.Zero)
            _timeout = new Timer(static self => ((FutureActorRef<T>)self).TimeOut(), this, timeout, Timeout.InfiniteTimeSpan);
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(static self => ((FutureActorRef<T>)self).Cancel(), this);
            if (_result.Task.IsCompleted)
                Release();
        }
    }

    public Task<T> Task => _result.Task;

    public override ActorPath Path => _path ?? MakePath();

    private protected override ActorSystemImpl SystemOfRef => _system;

    private protected override IInternalActorRef ParentOfRef => _system.RootGuardian;

    private protected override void TellInternal(object message, IActorRef sender)
    {
        var accepted = message switch
        {
            T answer => _result.TrySetResult(answer),
            null => _result.TrySetResult(default),
            Status.Failure failure => _result.TrySetException(failure.Cause ?? new TaskCanceledException("Task cancelled by actor via Failure message.")),
            _ => _result.TrySetException(new ArgumentException(
                $"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]")),
        };
        if (accepted)
            Release();
        else if (!_result.Task.IsCanceled)
            _system.DeadLettersRef.Bounce(new Envelope(message, this), this);
    }

    private protected override void Receive(SystemMessage message)
    {
        switch (message)
        {
            case DeathWatchNotification death:
                TellInternal(new Terminated(death.Actor, death.ExistenceConfirmed, death.AddressTerminated), this);
                break;
            // Whoever watches an ask waits for its end.
            case WatchMessage watch:
                _result.Task.ContinueWith(_ => watch.Watcher.SendSystemMessage(new DeathWatchNotification(this, existenceConfirmed: true)),
                    TaskContinuationOptions.ExecuteSynchronously);
                break;
        }
    }

    ActorPath MakePath()
    {
        var path = _system.TempPath();
        if (Interlocked.CompareExchange(ref _path, path, null) == null && _system.Endpoint != null)
            _system.RegisterTemp(path, this, _result.Task);
        return _path;
    }

    void TimeOut()
    {
        if (_result.TrySetException(new AskTimeoutException($"Timeout after {_after.TotalSeconds:F2} seconds")))
            Release();
    }

    void Cancel()
    {
        _result.TrySetCanceled();
        _timeout?.Dispose();
    }

    void Release()
    {
        _timeout?.Dispose();
        _cancellation.Unregister();
    }
}

public static class Futures
{
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<object>(message, timeout, CancellationToken.None);

    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<object>(message, null, cancellationToken);

    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<object>(message, timeout, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<T>(message, null, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var future = NewFuture<T>(self, timeout, cancellationToken);
        self.Tell(message, future);
        return future.Task;
    }

    /// <param name="self">whom to ask</param>
    /// <param name="messageFactory">makes the question from the reference that takes the answer</param>
    /// <param name="timeout">null for akka.actor.ask-timeout</param>
    /// <param name="cancellationToken">cancels the task</param>
    public static Task<T> Ask<T>(this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var future = NewFuture<T>(self, timeout, cancellationToken);
        self.Tell(messageFactory(future), future);
        return future.Task;
    }

    static FutureActorRef<T> NewFuture<T>(ICanTell self, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var system = SystemOf(self) ?? throw new ArgumentException("Unable to resolve the target Provider", nameof(self));
        return new FutureActorRef<T>(system, timeout ?? system.Settings.AskTimeout, cancellationToken);
    }

    static ActorSystemImpl SystemOf(ICanTell target) => target switch
    {
        ActorSelection selection => SystemOf(selection.Anchor),
        IInternalActorRef { System: { } system } => system,
        _ => ActorCell.Current?.System,
    };
}
