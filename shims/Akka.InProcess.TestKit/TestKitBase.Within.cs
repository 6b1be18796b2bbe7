namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    public void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    public void Within(TimeSpan min, TimeSpan max, Action action, string hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        WithinAsync(min, max, Awaitable(action), hint, epsilonValue, cancellationToken).GetAwaiter().GetResult();

    public T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    public T Within<T>(TimeSpan min, TimeSpan max, Func<T> function, string hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        WithinAsync(min, max, () => Task.FromResult(function()), hint, epsilonValue, cancellationToken).GetAwaiter().GetResult();

    public Task WithinAsync(TimeSpan max, Func<Task> actionAsync, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, actionAsync, null, epsilonValue, cancellationToken);

    public Task WithinAsync(TimeSpan min, TimeSpan max, Func<Task> actionAsync, string hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) => WithinAsync(min, max, async () =>
        {
            await actionAsync();
            return Done.Instance;
        }, hint, epsilonValue, cancellationToken);

    public Task<T> WithinAsync<T>(TimeSpan max, Func<Task<T>> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    /// <summary>Fails when the function takes less or more time; what it expects without a time of its own gets what is left.</summary>
    public async Task<T> WithinAsync<T>(TimeSpan min, TimeSpan max, Func<Task<T>> function, string hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default)
    {
        if (min < TimeSpan.Zero)
            throw new ArgumentException("min must be positive and finite", nameof(min));
        if (max < TimeSpan.Zero)
            throw new ArgumentException("max must be positive and finite", nameof(max));
        cancellationToken.ThrowIfCancellationRequested();
        max = Dilated(max);
        var start = Now;
        var outerEnd = _end;
        var left = outerEnd == null ? max : Left(outerEnd.Value);
        _assertions.AssertTrue(left >= min, "Required min time {0} not possible, only {1} left{2}", min, left, Hint(hint));
        var limit = Min(max, left);
        _lastWasNoMsg = false;
        _end = start + limit;
        T result;
        try
        {
            result = await function().WaitAsync(cancellationToken);
        }
        finally
        {
            _end = outerEnd;
        }
        var took = Now - start;
        _assertions.AssertTrue(took >= min, "Block took {0}, should have at least been {1}{2}", took, min, Hint(hint));
        if (!_lastWasNoMsg)
            _assertions.AssertTrue(took <= limit + (epsilonValue ?? TimeSpan.Zero), "Block took {0}, exceeding {1}{2}", took, limit, Hint(hint));
        return result;
    }
}
