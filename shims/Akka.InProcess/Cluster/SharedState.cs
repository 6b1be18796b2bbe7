namespace Akka.Cluster;

/// <summary>
/// What the nodes of a cluster share beyond the members: who holds which singleton, and values that the singletons' next holders need.
/// It stands for the hand-over messages of Akka.NET's singletons and for its replicated data.
/// </summary>
sealed class SharedState
{
    readonly Lock _lock = new();
    readonly Dictionary<string, UniqueAddress> _holders = new();
    readonly Dictionary<string, List<(UniqueAddress Node, Action Granted)>> _waiting = new();
    readonly Dictionary<string, object> _values = new();

    /// <summary>Calls <paramref name="granted"/>, at once or later, when the node may run the singleton.</summary>
    public void Acquire(string singleton, UniqueAddress node, Action granted)
    {
        lock (_lock)
        {
            if (_holders.TryAdd(singleton, node))
            {
                granted();
                return;
            }
            if (!_waiting.TryGetValue(singleton, out var waiting))
                _waiting.Add(singleton, waiting = []);
            waiting.Add((node, granted));
        }
    }

    /// <summary>The node's singleton has stopped, or the node waits for it no more.</summary>
    public void Release(string singleton, UniqueAddress node)
    {
        lock (_lock)
        {
            if (_waiting.TryGetValue(singleton, out var waiting))
                waiting.RemoveAll(waiter => waiter.Node == node);
            if (_holders.TryGetValue(singleton, out var holder) && holder == node)
                PassOn(singleton);
        }
    }

    public void Removed(UniqueAddress node)
    {
        lock (_lock)
        {
            foreach (var waiting in _waiting.Values)
                waiting.RemoveAll(waiter => waiter.Node == node);
            foreach (var singleton in _holders.Where(held => held.Value == node).Select(held => held.Key).ToList())
                PassOn(singleton);
        }
    }

    public T Get<T>(string key, T otherwise)
    {
        lock (_lock)
            return _values.TryGetValue(key, out var value) ? (T)value : otherwise;
    }

    /// <summary>Sets the value that goes with a singleton, if the node holds that.</summary>
    public void Set(string singleton, UniqueAddress node, object value)
    {
        lock (_lock)
        {
            if (_holders.GetValueOrDefault(singleton) == node)
                _values[singleton] = value;
        }
    }

    void PassOn(string singleton)
    {
        _holders.Remove(singleton);
        if (!_waiting.TryGetValue(singleton, out var waiting) || waiting.Count == 0)
            return;
        var (next, granted) = waiting[0];
        waiting.RemoveAt(0);
        _holders.Add(singleton, next);
        granted();
    }
}
