namespace GokaAkka.Kafka.Polling;

/// <summary>
/// The topics whose records are not handed out for now. Shared by whoever halts them and the polling thread, which asks before it hands a batch
/// out: what is polled after a topic was halted waits. Safe for concurrent use.
/// </summary>
sealed class HaltedTopics
{
    readonly ConcurrentDictionary<string, bool> _topics = [];

    public bool Contains(string topic) => _topics.ContainsKey(topic);

    public IReadOnlyList<string> All => [.. _topics.Keys.Order(StringComparer.Ordinal)];

    public void Set(string topic, bool halted)
    {
        if (halted)
            _topics[topic] = true;
        else
            _topics.TryRemove(topic, out _);
    }
}
