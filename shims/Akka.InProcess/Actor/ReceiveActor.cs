namespace Akka.Actor;

public abstract class ReceiveActor : UntypedActor
{
    // One set of handlers per nested Become that is being configured; the constructor's is the outermost.
    readonly Stack<MessageHandlers> _configuring = new();
    MessageHandlers _initial;

    protected ReceiveActor() => _configuring.Push(new MessageHandlers());

    internal void EndOfConstruction()
    {
        // A producer may hand out the same instance again after a restart: it keeps its handlers.
        if (_initial == null)
            _initial = _configuring.Pop();
    }

    protected sealed override void OnReceive(object message) => Handle(message, _initial);

    protected void Become(Action configure)
    {
        var handlers = Configure(configure);
        base.Become(message => Handle(message, handlers));
    }

    protected void BecomeStacked(Action configure)
    {
        var handlers = Configure(configure);
        base.BecomeStacked(message => Handle(message, handlers));
    }

    protected void Receive<T>(Action<T> handler, Predicate<T> shouldHandle = null) => Configurable.Add(handler, shouldHandle);

    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Configurable.Add(handler, shouldHandle);

    protected void Receive<T>(Func<T, bool> handler) => Configurable.Add(handler);

    protected void Receive(Type messageType, Action<object> handler, Predicate<object> shouldHandle = null) =>
        Configurable.Add(messageType, handler, shouldHandle);

    protected void Receive(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        Configurable.Add(messageType, handler, shouldHandle);

    protected void Receive(Type messageType, Func<object, bool> handler) => Configurable.Add(messageType, handler);

    protected void ReceiveAny(Action<object> handler) => Configurable.Add(handler, null);

    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T> shouldHandle = null) => Configurable.Add(Suspending(handler), shouldHandle);

    protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => Configurable.Add(Suspending(handler), shouldHandle);

    protected void ReceiveAsync(Type messageType, Func<object, Task> handler, Predicate<object> shouldHandle = null) =>
        Configurable.Add(messageType, Suspending(handler), shouldHandle);

    protected void ReceiveAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        Configurable.Add(messageType, Suspending(handler), shouldHandle);

    protected void ReceiveAnyAsync(Func<object, Task> handler) => Configurable.Add(Suspending(handler), null);

    MessageHandlers Configurable => _configuring.TryPeek(out var handlers)
        ? handlers
        : throw new InvalidOperationException("You may only call Receive-methods when constructing the actor and inside Become().");

    MessageHandlers Configure(Action configure)
    {
        _configuring.Push(new MessageHandlers());
        try
        {
            configure();
        }
        catch
        {
            _configuring.Pop();
            throw;
        }
        return _configuring.Pop();
    }

    void Handle(object message, MessageHandlers handlers)
    {
        if (!handlers.TryHandle(message))
            Unhandled(message);
    }

    static Action<T> Suspending<T>(Func<T, Task> handler) => message => ActorTaskScheduler.RunTask(() => handler(message));
}
