using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>Messages to shards, or entities, that cannot take them yet, in order.</summary>
sealed class ShardBuffers(int capacity)
{
    readonly Dictionary<string, Queue<Envelope>> _buffers = new();

    public int Count { get; private set; }

    public bool IsEmpty => Count == 0;

    public IEnumerable<string> Keys => _buffers.Keys;

    public bool Contains(string key) => _buffers.ContainsKey(key);

    /// <summary>False when there is no room.</summary>
    public bool TryAdd(string key, object message, IActorRef sender)
    {
        if (Count >= capacity)
            return false;
        if (!_buffers.TryGetValue(key, out var buffer))
            _buffers.Add(key, buffer = new Queue<Envelope>());
        buffer.Enqueue(new Envelope(message, sender));
        Count++;
        return true;
    }

    public IReadOnlyCollection<Envelope> Take(string key)
    {
        if (!_buffers.Remove(key, out var buffer))
            return [];
        Count -= buffer.Count;
        return buffer;
    }
}
