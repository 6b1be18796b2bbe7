namespace GokaAkka.Kafka;

/// <summary>
/// The topics that a group reads partition by partition. Anchored, the group is joined for one of them, and the same partitions of the others
/// come and go along with that one's: so they stay together whatever the assignor does. Immutable.
/// </summary>
/// <param name="topics">The topics, of equal partition counts.</param>
/// <param name="isAnchored">Whether one of them brings the others along.</param>
sealed class AnchoredTopics(IReadOnlyList<string> topics, bool isAnchored)
{
    // Every member has to choose the same one, in whatever order its graph names its inputs.
    readonly string? _anchor = isAnchored ? topics.Min(StringComparer.Ordinal) : null;

    public IReadOnlyList<string> All => topics;

    /// <summary>What the group is joined for.</summary>
    public IReadOnlyList<string> Subscribed => _anchor is null ? topics : [_anchor];

    /// <summary>These partitions of the anchor with those that come along; as they are when nothing comes along.</summary>
    public List<TopicPartition> With(IReadOnlyList<TopicPartition> partitions) =>
        _anchor is null ? [.. partitions] : [.. topics.SelectMany(t => partitions.Select(p => new TopicPartition(t, p.Partition)))];

    /// <summary>Whether a topic comes along with another one.</summary>
    public bool ComesAlong(string topic) => _anchor is not null && topic != _anchor;
}
