using Akka.Actor;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    public T ExpectMsg<T>(TimeSpan? duration = null, string hint = null, CancellationToken cancellationToken = default) =>
        Wait(ExpectMsgAsync<T>(duration, hint, cancellationToken));

    public ValueTask<T> ExpectMsgAsync<T>(TimeSpan? duration = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(null, null, duration, hint, cancellationToken);

    public T ExpectMsg<T>(T message, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Wait(ExpectMsgAsync(message, timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgAsync<T>(T message, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(null, EqualTo(message, hint), timeout, hint, cancellationToken);

    public T ExpectMsg<T>(Predicate<T> isMessage, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Wait(ExpectMsgAsync(isMessage, timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgAsync<T>(Predicate<T> isMessage, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(null, (message, sender) => AssertPredicate(isMessage(message), message, sender, hint), timeout, hint, cancellationToken);

    public T ExpectMsg<T>(Action<T> assert, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Wait(ExpectMsgAsync(assert, timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgAsync<T>(Action<T> assert, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(null, (message, _) => assert(message), timeout, hint, cancellationToken);

    public T ExpectMsg<T>(Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) => Wait(ExpectMsgAsync(isMessageAndSender, timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgAsync<T>(Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(null, (message, sender) => AssertPredicate(isMessageAndSender(message, sender), message, sender, hint), timeout, hint, cancellationToken);

    public T ExpectMsg<T>(Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) => Wait(ExpectMsgAsync(assertMessageAndSender, timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgAsync<T>(Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) => ExpectAsync<T>(null, assertMessageAndSender, timeout, hint, cancellationToken);

    public T ExpectMsg<T>(T expected, Func<T, T, bool> comparer, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) => Wait(ExpectMsgAsync(expected, comparer, timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgAsync<T>(T expected, Func<T, T, bool> comparer, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(null, (message, _) => _assertions.AssertEqual(expected, message, comparer, "{0}", hint ?? ""), timeout, hint, cancellationToken);

    public T ExpectMsgFrom<T>(IActorRef sender, TimeSpan? duration = null, string hint = null, CancellationToken cancellationToken = default) =>
        Wait(ExpectMsgFromAsync<T>(sender, duration, hint, cancellationToken));

    public ValueTask<T> ExpectMsgFromAsync<T>(IActorRef sender, TimeSpan? duration = null, string hint = null,
        CancellationToken cancellationToken = default) => ExpectAsync<T>(From(sender, hint), null, duration, hint, cancellationToken);

    public T ExpectMsgFrom<T>(IActorRef sender, T message, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Wait(ExpectMsgFromAsync(sender, message, timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgFromAsync<T>(IActorRef sender, T message, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) => ExpectAsync<T>(From(sender, hint), EqualTo(message, hint), timeout, hint, cancellationToken);

    public T ExpectMsgFrom<T>(IActorRef sender, Predicate<T> isMessage, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) => Wait(ExpectMsgFromAsync(sender, isMessage, timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgFromAsync<T>(IActorRef sender, Predicate<T> isMessage, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(From(sender, hint), (message, from) => AssertPredicate(isMessage(message), message, from, hint), timeout, hint, cancellationToken);

    public T ExpectMsgFrom<T>(Predicate<IActorRef> isSender, Predicate<T> isMessage, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) => Wait(ExpectMsgFromAsync(isSender, isMessage, timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgFromAsync<T>(Predicate<IActorRef> isSender, Predicate<T> isMessage, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) => ExpectAsync<T>(
            from => _assertions.AssertTrue(isSender(from), "Sender does not match. Got a message from sender {0}{1}", from, Hint(hint)),
            (message, from) => AssertPredicate(isMessage(message), message, from, hint), timeout, hint, cancellationToken);

    public T ExpectMsgFrom<T>(IActorRef sender, Action<T> assertMessage, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) => Wait(ExpectMsgFromAsync(sender, assertMessage, timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgFromAsync<T>(IActorRef sender, Action<T> assertMessage, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(From(sender, hint), (message, _) => assertMessage(message), timeout, hint, cancellationToken);

    public T ExpectMsgFrom<T>(Action<IActorRef> assertSender, Action<T> assertMessage, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) => Wait(ExpectMsgFromAsync(assertSender, assertMessage, timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgFromAsync<T>(Action<IActorRef> assertSender, Action<T> assertMessage, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(assertSender, (message, _) => assertMessage(message), timeout, hint, cancellationToken);

    public Terminated ExpectTerminated(IActorRef target, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Wait(ExpectTerminatedAsync(target, timeout, hint, cancellationToken));

    public ValueTask<Terminated> ExpectTerminatedAsync(IActorRef target, TimeSpan? timeout = null, string hint = null,
        CancellationToken cancellationToken = default) => ExpectAsync<Terminated>(null,
            (terminated, _) => _assertions.AssertEqual(target, terminated.ActorRef, "{0}", $"Wrong actor terminated{Hint(hint)}"),
            timeout, $"Terminated {target}. {hint}", cancellationToken);

    public void ExpectNoMsg(CancellationToken cancellationToken = default) => Wait(ExpectNoMsgAsync(cancellationToken));

    public ValueTask ExpectNoMsgAsync(CancellationToken cancellationToken = default) => NoneAsync(RemainingOrDefault, cancellationToken);

    public void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) => Wait(ExpectNoMsgAsync(duration, cancellationToken));

    public ValueTask ExpectNoMsgAsync(TimeSpan duration, CancellationToken cancellationToken = default) => NoneAsync(Dilated(duration), cancellationToken);

    public void ExpectNoMsg(int milliseconds, CancellationToken cancellationToken = default) => Wait(ExpectNoMsgAsync(milliseconds, cancellationToken));

    public ValueTask ExpectNoMsgAsync(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    public T ExpectMsgAnyOf<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default) =>
        Wait(ExpectMsgAnyOfAsync(messages, cancellationToken));

    public async ValueTask<T> ExpectMsgAnyOfAsync<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default)
    {
        var max = RemainingOrDefault;
        var expected = messages.ToList();
        var found = await ReceiveOneAsync(max, cancellationToken);
        if (found == null)
            _assertions.Fail("Timeout {0} during waiting for ExpectMsgAnyOf waiting for ({1})", max, string.Join(",", expected));
        if (found is not T typed || !expected.Contains(typed))
        {
            _assertions.Fail("ExpectMsgAnyOf found unexpected {0}, expected one of ({1})", found, string.Join(",", expected));
            return default;
        }
        return typed;
    }

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(params T[] messages) => Wait(AllOfAsync(RemainingOrDefault, messages, default));

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Wait(AllOfAsync(RemainingOrDefault, messages, cancellationToken));

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(TimeSpan max, params T[] messages) => Wait(AllOfAsync(Dilated(max), messages, default));

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Wait(AllOfAsync(Dilated(max), messages, cancellationToken));

    public IAsyncEnumerable<T> ExpectMsgAllOfAsync<T>(IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Stream(AllOfAsync(RemainingOrDefault, messages, cancellationToken));

    public IAsyncEnumerable<T> ExpectMsgAllOfAsync<T>(TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Stream(AllOfAsync(Dilated(max), messages, cancellationToken));

    async ValueTask<T> ExpectAsync<T>(Action<IActorRef> assertSender, Action<T, IActorRef> assertMessage, TimeSpan? timeout, string hint,
        CancellationToken cancellationToken)
    {
        var patience = RemainingOrDilated(timeout);
        var (success, envelope) = await TryReceiveOneAsync(patience, cancellationToken);
        if (!success)
        {
            _assertions.Fail("Failed: Timeout {0} while waiting for a message of type {1} {2}", patience, typeof(T), hint ?? "");
            return default;
        }
        assertSender?.Invoke(envelope.Sender);
        if (envelope.Message is not T typed)
        {
            _assertions.Fail("Failed: Expected a message of type {0}, but received {{{1}}} (type {2}) instead {3} from {4}",
                typeof(T), envelope.Message, envelope.Message.GetType(), hint ?? "", envelope.Sender);
            return default;
        }
        assertMessage?.Invoke(typed, envelope.Sender);
        return typed;
    }

    async ValueTask NoneAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var (success, envelope) = await TryReceiveOneAsync(duration, cancellationToken);
        if (success)
            _assertions.Fail("Expected no messages during {0}, instead we received {1}", duration, envelope);
        _lastWasNoMsg = true;
    }

    async ValueTask<List<T>> AllOfAsync<T>(TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken)
    {
        var missing = messages.ToList();
        var unexpected = new List<object>();
        var found = new List<T>();
        foreach (var message in await ReceiveAllAsync(messages.Count, max, cancellationToken))
        {
            if (message is T typed && missing.Remove(typed))
                found.Add(typed);
            else
                unexpected.Add(message);
        }
        if (missing.Count > 0)
            _assertions.Fail("not found [{0}], found unexpected [{1}]", string.Join(", ", missing), string.Join(", ", unexpected));
        return found;
    }

    Action<IActorRef> From(IActorRef expected, string hint) => actual =>
        _assertions.AssertEqual(expected, actual, "{0}", $"Sender does not match{Hint(hint)}");

    Action<T, IActorRef> EqualTo<T>(T expected, string hint) => (actual, _) => _assertions.AssertEqual(expected, actual, "{0}", hint ?? "");

    void AssertPredicate(bool holds, object message, IActorRef sender, string hint) => _assertions.AssertTrue(holds,
        "Got a message of the expected type <{2}> from {4}. Also expected {0} but the message {{{1}}} of type <{3}> did not match",
        hint ?? "the predicate to return true", message, message?.GetType(), message?.GetType(), sender);
}
