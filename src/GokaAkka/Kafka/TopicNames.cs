namespace GokaAkka.Kafka;

/// <summary>
/// One string for each topic a consumer reads: records are handed on with that very string, so that none is made for each and comparing them is quick.
/// Belongs to the consumer's thread.
/// </summary>
sealed class TopicNames
{
    readonly Dictionary<string, string> _known = [];
    byte[] _lastBytes = [];
    string _last = "";

    /// <summary>False when the topic was known before.</summary>
    public bool Know(string topic) => _known.TryAdd(topic, topic);

    public string Of(ReadOnlySpan<byte> utf8)
    {
        // Most records are of the topic of the one before.
        if (utf8.SequenceEqual(_lastBytes))
            return _last;
        var name = Encoding.UTF8.GetString(utf8);
        if (!_known.TryGetValue(name, out var known))
            _known[name] = known = name;
        _lastBytes = utf8.ToArray();
        return _last = known;
    }
}
