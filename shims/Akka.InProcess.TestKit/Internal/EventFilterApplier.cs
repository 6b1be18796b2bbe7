using Akka.Actor;

namespace Akka.TestKit.Internal;

sealed class EventFilterApplier(TestKitBase testKit, ActorSystem system, IReadOnlyList<LogFilter> filters) : IEventFilterApplier
{
    public EventFilterFactory And => new(testKit, system, filters);

    public void ExpectOne(Action action, CancellationToken cancellationToken = default) => Expect(1, action, cancellationToken);

    public Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default) => ExpectAsync(1, actionAsync, cancellationToken);

    public void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Expect(1, timeout, action, cancellationToken);

    public Task ExpectOneAsync(TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
        ExpectAsync(1, timeout, action, cancellationToken);

    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default) =>
        Run(Returning(action), expectedCount, null, cancellationToken).GetAwaiter().GetResult();

    public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
        Run(Returning(actionAsync), expectedCount, null, cancellationToken);

    public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, TimeSpan? timeout, CancellationToken cancellationToken = default) =>
        Run(Returning(actionAsync), expectedCount, timeout, cancellationToken);

    public void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Run(Returning(action), expectedCount, timeout, cancellationToken).GetAwaiter().GetResult();

    public Task ExpectAsync(int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
        Run(Returning(action), expectedCount, timeout, cancellationToken);

    public T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default) => Expect(1, func, cancellationToken);

    public Task<T> ExpectOneAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default) => ExpectAsync(1, func, cancellationToken);

    public T ExpectOne<T>(TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default) => Expect(1, timeout, func, cancellationToken);

    public Task<T> ExpectOneAsync<T>(TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        ExpectAsync(1, timeout, func, cancellationToken);

    public T Expect<T>(int expectedCount, Func<T> func, CancellationToken cancellationToken = default) =>
        Run(Returning(func), expectedCount, null, cancellationToken).GetAwaiter().GetResult();

    public Task<T> ExpectAsync<T>(int expectedCount, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        Run(func, expectedCount, null, cancellationToken);

    public T Expect<T>(int expectedCount, TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default) =>
        Run(Returning(func), expectedCount, timeout, cancellationToken).GetAwaiter().GetResult();

    public Task<T> ExpectAsync<T>(int expectedCount, TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        Run(func, expectedCount, timeout, cancellationToken);

    public T Mute<T>(Func<T> func, CancellationToken cancellationToken = default) =>
        Run(Returning(func), null, null, cancellationToken).GetAwaiter().GetResult();

    public Task<T> MuteAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default) => Run(func, null, null, cancellationToken);

    public void Mute(Action action, CancellationToken cancellationToken = default) =>
        Run(Returning(action), null, null, cancellationToken).GetAwaiter().GetResult();

    public Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default) => Run(Returning(action), null, null, cancellationToken);

    public IUnmutableFilter Mute()
    {
        system.EventStream.Publish(new Mute(filters));
        return new UnmutableFilter(system, filters);
    }

    async Task<T> Run<T>(Func<Task<T>> action, int? expected, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var patience = timeout is { } given ? testKit.Dilated(given) : testKit.TestKitSettings.TestEventFilterLeeway;
        var before = Taken();
        using var muted = Mute();
        var result = await action();
        if (expected is not { } count)
            return result;
        // To see that none comes takes all the time there is; else the expected number ends the wait.
        var found = await Wait(before + Math.Max(1, count), patience, cancellationToken) - before;
        if (found < count)
            testKit.KitAssertions.Fail("Timeout ({0}) while waiting for messages. Only received {1}/{2} messages that matched filter [{3}]",
                patience, found, count, string.Join(", ", filters));
        else if (found > count)
            testKit.KitAssertions.Fail("Received {0} messages more than the {1} expected that matched filter [{2}]",
                found - count, count, string.Join(", ", filters));
        return result;
    }

    async Task<int> Wait(int count, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        while (true)
        {
            var states = filters.Select(filter => filter.State()).ToList();
            if (states.Sum(state => state.Taken) >= count || limit.IsCancellationRequested)
                return states.Sum(state => state.Taken);
            try
            {
                await Task.WhenAny(states.Select(state => state.More)).WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return Taken();
            }
        }
    }

    int Taken() => filters.Sum(filter => filter.State().Taken);

    static Func<Task<Done>> Returning(Action action) => () =>
    {
        action();
        return Task.FromResult(Done.Instance);
    };

    static Func<Task<Done>> Returning(Func<Task> action) => async () =>
    {
        await action();
        return Done.Instance;
    };

    static Func<Task<T>> Returning<T>(Func<T> func) => () => Task.FromResult(func());

    sealed class UnmutableFilter(ActorSystem system, IReadOnlyCollection<LogFilter> filters) : IUnmutableFilter
    {
        bool _muted = true;

        public void Unmute()
        {
            if (_muted)
                system.EventStream.Publish(new Unmute(filters));
            _muted = false;
        }

        public void Dispose() => Unmute();
    }
}
