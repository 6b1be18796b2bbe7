namespace Akka.Actor;

/// <summary>The handlers of one behaviour, tried in the order in which they were added.</summary>
sealed class MessageHandlers
{
    Func<object, bool>[] _handlers = [];
    bool _complete;

    public void Add<T>(Action<T> handler, Predicate<T> shouldHandle)
    {
        Add(message =>
        {
            if (message is not T typed || (shouldHandle != null && !shouldHandle(typed)))
                return false;
            handler(typed);
            return true;
        });
        // Nothing can come after a handler that takes everything.
        _complete = typeof(T) == typeof(object) && shouldHandle == null;
    }

    public void Add<T>(Func<T, bool> handler) => Add(message => message is T typed && handler(typed));

    public void Add(Type messageType, Action<object> handler, Predicate<object> shouldHandle)
    {
        Add(message =>
        {
            if (!messageType.IsInstanceOfType(message) || (shouldHandle != null && !shouldHandle(message)))
                return false;
            handler(message);
            return true;
        });
        _complete = messageType == typeof(object) && shouldHandle == null;
    }

    public void Add(Type messageType, Func<object, bool> handler) => Add(message => messageType.IsInstanceOfType(message) && handler(message));

    public bool TryHandle(object message)
    {
        foreach (var handler in _handlers)
            if (handler(message))
                return true;
        return false;
    }

    void Add(Func<object, bool> handler)
    {
        if (_complete)
            throw new InvalidOperationException("A handler that catches all messages has been added. No handler can be added after that.");
        _handlers = [.. _handlers, handler];
    }
}
