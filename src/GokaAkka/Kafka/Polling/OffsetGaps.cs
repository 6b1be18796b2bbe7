namespace GokaAkka.Kafka.Polling;

/// <summary>
/// Offsets that no record was read of, between two records of a partition: the widest gap of each since one was forgotten. Compaction and transactions leave
/// small ones, retention the one up to the first record that is kept. Safe for concurrent use.
/// </summary>
sealed class OffsetGaps
{
    readonly ConcurrentDictionary<TopicPartition, (long From, long To)> _widest = new();

    /// <summary>Nothing was read from one offset up to another.</summary>
    public void Add(TopicPartition id, long from, long to) => _widest.AddOrUpdate(
        id, static (_, gap) => gap, static (_, known, gap) => gap.To - gap.From > known.To - known.From ? gap : known, (From: from, To: to));

    /// <summary>The widest gap that is not forgotten, or null.</summary>
    public (long From, long To)? Widest(TopicPartition id) => _widest.TryGetValue(id, out var gap) ? gap : null;

    /// <summary>Forgets a gap that was looked into; a wider one that has come meanwhile stays.</summary>
    public void Forget(TopicPartition id, (long From, long To) gap) => _widest.TryRemove(new(id, gap));
}
