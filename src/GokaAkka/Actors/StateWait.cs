namespace GokaAkka.Actors;

/// <summary>Waits until something is at a state.</summary>
static class StateWait
{
    /// <param name="wanted">The state to wait for.</param>
    /// <param name="current">The state now.</param>
    /// <param name="subscribe">Has a listener told of every change.</param>
    /// <param name="unsubscribe">No more.</param>
    /// <param name="done">Ends when there will be no more changes.</param>
    /// <param name="missed">The error when that comes first.</param>
    /// <param name="cancellation">Gives the wait up.</param>
    public static async Task For<TState>(
        TState wanted, Func<TState> current, Action<Action<TState>> subscribe, Action<Action<TState>> unsubscribe, Task done, Func<Exception> missed,
        CancellationToken cancellation)
        where TState : struct, Enum
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Action<TState> listener = state =>
        {
            if (EqualityComparer<TState>.Default.Equals(state, wanted))
                reached.TrySetResult();
        };
        // Listening comes before looking: a change between the two is seen by one of them at least.
        subscribe(listener);
        try
        {
            listener(current());
            await Task.WhenAny(reached.Task, done).WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            unsubscribe(listener);
        }

        if (!reached.Task.IsCompleted)
            throw missed();
    }
}
