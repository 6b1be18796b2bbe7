using System.Collections;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    /// <summary>The next message, null when none comes in time.</summary>
    public object ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default) => Wait(ReceiveOneAsync(max, cancellationToken));

    public async ValueTask<object> ReceiveOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        var (success, envelope) = await TryReceiveOneAsync(max, cancellationToken);
        return success ? envelope.Message : null;
    }

    public bool TryReceiveOne(out MessageEnvelope envelope, TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        (var success, envelope) = Wait(TryReceiveOneAsync(max, cancellationToken));
        return success;
    }

    public async ValueTask<(bool success, MessageEnvelope envelope)> TryReceiveOneAsync(TimeSpan? max, CancellationToken cancellationToken = default)
    {
        if (await HasOneIn(GetTimeoutOrDefault(max), cancellationToken) && _queue.Reader.TryRead(out var envelope))
        {
            _lastWasNoMsg = false;
            _lastMessage = envelope;
            return (true, envelope);
        }
        _lastWasNoMsg = true;
        _lastMessage = NullMessageEnvelope.Instance;
        return (false, _lastMessage);
    }

    /// <summary>The next message, which stays the next one.</summary>
    public object PeekOne(TimeSpan? max = null, CancellationToken cancellationToken = default) => Wait(PeekOneAsync(max, cancellationToken));

    public object PeekOne(CancellationToken cancellationToken) => Wait(PeekOneAsync(cancellationToken));

    public async ValueTask<object> PeekOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        var (success, envelope) = await TryPeekOneAsync(max, cancellationToken);
        return success ? envelope.Message : null;
    }

    public ValueTask<object> PeekOneAsync(CancellationToken cancellationToken) => PeekOneAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    public bool TryPeekOne(out MessageEnvelope envelope, TimeSpan? max, CancellationToken cancellationToken)
    {
        (var success, envelope) = Wait(TryPeekOneAsync(max, cancellationToken));
        return success;
    }

    public async ValueTask<(bool success, MessageEnvelope envelope)> TryPeekOneAsync(TimeSpan? max, CancellationToken cancellationToken) =>
        await HasOneIn(GetTimeoutOrDefault(max), cancellationToken) && _queue.Reader.TryPeek(out var envelope)
            ? (true, envelope)
            : (false, NullMessageEnvelope.Instance);

    public object FishForMessage(Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        Wait(FishForMessageAsync(isMessage, max, hint, cancellationToken));

    public ValueTask<object> FishForMessageAsync(Predicate<object> isMessage, TimeSpan? max = null, string hint = "",
        CancellationToken cancellationToken = default) => FishForMessageAsync<object>(isMessage, max, hint, cancellationToken);

    /// <summary>Passes over messages until one is as wanted.</summary>
    public T FishForMessage<T>(Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        Wait(FishForMessageAsync(isMessage, max, hint, cancellationToken));

    public ValueTask<T> FishForMessageAsync<T>(Predicate<T> isMessage, TimeSpan? max = null, string hint = "",
        CancellationToken cancellationToken = default) => FishForMessageAsync(isMessage, null, max, hint, cancellationToken);

    public T FishForMessage<T>(Predicate<T> isMessage, ArrayList allMessages, TimeSpan? max = null, string hint = "",
        CancellationToken cancellationToken = default) => Wait(FishForMessageAsync(isMessage, allMessages, max, hint, cancellationToken));

    /// <param name="isMessage">whether it is the one</param>
    /// <param name="allMessages">gets what was passed over</param>
    /// <param name="max">how long it may take in all</param>
    /// <param name="hint">goes into the failure</param>
    /// <param name="cancellationToken">ends the wait</param>
    public async ValueTask<T> FishForMessageAsync<T>(Predicate<T> isMessage, ArrayList allMessages, TimeSpan? max = null, string hint = "",
        CancellationToken cancellationToken = default)
    {
        var patience = RemainingOrDilated(max);
        var end = Now + patience;
        var passed = allMessages ?? [];
        passed.Clear();
        while (true)
        {
            var message = await ReceiveOneAsync(Left(end), cancellationToken);
            if (message == null)
                _assertions.Fail("Timeout ({0}) during fishForMessage of type {1}{2}. Passed over {3} messages: [{4}]", patience, typeof(T),
                    Hint(hint), passed.Count, string.Join(", ", passed.ToArray()));
            if (message is T typed && isMessage(typed))
                return typed;
            passed.Add(message);
        }
    }

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, CancellationToken cancellationToken = default) =>
        Wait(ReceiveAllAsync(numberOfMessages, RemainingOrDefault, cancellationToken));

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        Wait(ReceiveAllAsync(numberOfMessages, Dilated(max), cancellationToken));

    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, CancellationToken cancellationToken = default) =>
        Stream(ReceiveAllAsync(numberOfMessages, RemainingOrDefault, cancellationToken));

    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        Stream(ReceiveAllAsync(numberOfMessages, Dilated(max), cancellationToken));

    public IReadOnlyList<T> ReceiveWhile<T>(TimeSpan? max, Func<object, T> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default)
        where T : class => ReceiveWhile(filter, max, Timeout.InfiniteTimeSpan, msgs, cancellationToken);

    public IReadOnlyList<T> ReceiveWhile<T>(TimeSpan? max, TimeSpan? idle, Func<object, T> filter, int msgs = int.MaxValue,
        CancellationToken cancellationToken = default)
        where T : class => ReceiveWhile(filter, max, idle, msgs, cancellationToken);

    /// <summary>Takes messages as long as the filter makes something of them.</summary>
    public IReadOnlyList<T> ReceiveWhile<T>(Func<object, T> filter, TimeSpan? max = null, TimeSpan? idle = null, int msgs = int.MaxValue,
        CancellationToken cancellationToken = default)
        where T : class =>
        Wait(TakeWhileAsync(message => filter(message) is { } made ? (true, true, made) : (false, false, null), max, idle, msgs, cancellationToken));

    /// <summary>Takes messages of a type as long as the predicate is true for them.</summary>
    public IReadOnlyList<T> ReceiveWhile<T>(Predicate<T> shouldContinue, TimeSpan? max = null, TimeSpan? idle = null, int msgs = int.MaxValue,
        bool shouldIgnoreOtherMessageTypes = true, CancellationToken cancellationToken = default) =>
        Wait(TakeWhileAsync(message => message is T typed
            ? (shouldContinue(typed), true, typed)
            : (shouldIgnoreOtherMessageTypes, false, default), max, idle, msgs, cancellationToken));

    static TimeSpan Left(TimeSpan end) => end > Now ? end - Now : TimeSpan.Zero;

    static string Hint(string hint) => string.IsNullOrEmpty(hint) ? "" : ", hint: " + hint;

    async ValueTask<List<T>> TakeWhileAsync<T>(Func<object, (bool Take, bool Counts, T Value)> decide, TimeSpan? max, TimeSpan? idle, int count,
        CancellationToken cancellationToken)
    {
        var end = Now + RemainingOrDilated(max);
        var taken = new List<T>();
        while (taken.Count < count)
        {
            var left = Left(end);
            var patience = idle is { } pause && pause >= TimeSpan.Zero && pause < left ? pause : left;
            var (success, envelope) = await TryPeekOneAsync(patience, cancellationToken);
            if (!success)
                break;
            var (take, counts, value) = decide(envelope.Message);
            if (!take)
                break;
            _queue.Reader.TryRead(out _lastMessage);
            if (counts)
                taken.Add(value);
        }
        _lastWasNoMsg = true;
        return taken;
    }

    async ValueTask<List<object>> ReceiveAllAsync(int count, TimeSpan max, CancellationToken cancellationToken)
    {
        var end = Now + max;
        var received = new List<object>();
        while (received.Count < count)
        {
            var message = await ReceiveOneAsync(Left(end), cancellationToken);
            if (message == null)
                _assertions.Fail("Timeout ({0}) while expecting {1} messages. Only got {2}: [{3}]", max, count, received.Count, string.Join(", ", received));
            received.Add(message);
        }
        return received;
    }

    static async IAsyncEnumerable<T> Stream<T>(ValueTask<List<T>> messages)
    {
        foreach (var message in await messages)
            yield return message;
    }

    async ValueTask<bool> HasOneIn(TimeSpan patience, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_queue.Reader.TryPeek(out _))
            return true;
        if (patience == TimeSpan.Zero)
            return false;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            return await _queue.Reader.WaitToReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
