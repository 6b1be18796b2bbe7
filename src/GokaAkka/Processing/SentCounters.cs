namespace GokaAkka.Processing;

/// <summary>
/// Counts what a partition sends, by topic, on the partition's thread alone; its owner takes the counts over now and then and sets them back.
/// </summary>
sealed class SentCounters
{
    readonly List<SentCounter> _counters = [];
    SentCounter? _last;

    /// <summary>The topics that something was sent to.</summary>
    public IReadOnlyList<SentCounter> Topics => _counters;

    /// <summary>A record was sent.</summary>
    /// <param name="topic">The topic; of most records the same instance as before, which costs no comparison.</param>
    /// <param name="bytes">Its key and value bytes.</param>
    public void Add(string topic, int bytes)
    {
        // Topics are few, and one follows itself most of the time.
        var counter = _last is { } last && last.Topic == topic ? last : Find(topic);
        counter.Records++;
        counter.Bytes += bytes;
    }

    SentCounter Find(string topic)
    {
        foreach (var counter in _counters)
        {
            if (counter.Topic == topic)
                return _last = counter;
        }

        _last = new SentCounter(topic);
        _counters.Add(_last);
        return _last;
    }
}

/// <summary>What was sent to one topic.</summary>
sealed class SentCounter(string topic)
{
    public string Topic { get; } = topic;

    public long Records { get; set; }

    public long Bytes { get; set; }
}
