namespace GokaAkka.Kafka;

/// <summary>
/// Makes sure that topics are there and as they should be. goka's <c>EnsureTableExists</c>, <c>EnsureStreamExists</c>,
/// <c>EnsureTopicExists</c>; a mismatch is an error by default, where goka ignores it.
/// </summary>
public static class TopicManagerExtensions
{
    const string CleanupPolicy = "cleanup.policy";
    const string Retention = "retention.ms";

    /// <summary>Makes a compacted topic where it is missing, and checks it where it is there.</summary>
    /// <inheritdoc cref="EnsureTopic"/>
    public static Task<IReadOnlyList<string>> EnsureTable(
        this ITopicManager topics, string name, int partitions, int? replicas = null, MismatchPolicy onMismatch = MismatchPolicy.Fail,
        CancellationToken cancellation = default) =>
        topics.EnsureTopic(new TopicSpec(name, partitions, replicas, new Dictionary<string, string> { [CleanupPolicy] = "compact" }), onMismatch, cancellation);

    /// <summary>Makes a topic with a retention time where it is missing, and checks it where it is there.</summary>
    /// <inheritdoc cref="EnsureTopic"/>
    public static Task<IReadOnlyList<string>> EnsureStream(
        this ITopicManager topics, string name, int partitions, TimeSpan? retention = null, int? replicas = null,
        MismatchPolicy onMismatch = MismatchPolicy.Fail, CancellationToken cancellation = default)
    {
        var settings = new Dictionary<string, string> { [CleanupPolicy] = "delete" };
        if (retention is { } kept)
            settings[Retention] = ((long)kept.TotalMilliseconds).ToString();
        return topics.EnsureTopic(new TopicSpec(name, partitions, replicas, settings), onMismatch, cancellation);
    }

    /// <summary>Makes a topic where it is missing, and checks its partitions, replicas and settings where it is there.</summary>
    /// <returns>What is not as it should be, where the policy lets it pass.</returns>
    /// <exception cref="TopicMismatchException">It is there and not as it should be.</exception>
    /// <exception cref="KafkaFaultException">It could not be looked up or made.</exception>
    public static async Task<IReadOnlyList<string>> EnsureTopic(
        this ITopicManager topics, TopicSpec topic, MismatchPolicy onMismatch = MismatchPolicy.Fail, CancellationToken cancellation = default)
    {
        var found = await topics.Describe([topic.Name], cancellation).ConfigureAwait(false);
        if (!found.TryGetValue(topic.Name, out var existing))
        {
            if (!topics.MayCreate)
                throw new TopicMismatchException(topic.Name, [$"Topic '{topic.Name}' does not exist, and goka.kafka.create-topics is off."]);
            await topics.Create(topic, cancellation).ConfigureAwait(false);
            return [];
        }

        var mismatches = Mismatches(topic, existing);
        if (mismatches.Count > 0 && onMismatch == MismatchPolicy.Fail)
            throw new TopicMismatchException(topic.Name, mismatches);
        return mismatches;
    }

    internal static List<string> Mismatches(TopicSpec wanted, TopicDescription found)
    {
        var mismatches = new List<string>();
        if (found.Partitions != wanted.Partitions)
            mismatches.Add($"Topic '{wanted.Name}' has {found.Partitions} partitions, expected {wanted.Partitions}.");
        if (wanted.Replicas is { } replicas && found.Replicas < replicas)
            mismatches.Add($"Topic '{wanted.Name}' has {found.Replicas} replicas, expected at least {replicas}.");
        foreach (var (name, value) in wanted.Settings ?? new Dictionary<string, string>())
        {
            if (found.Settings is { } settings && settings.TryGetValue(name, out var actual) && actual != value)
                mismatches.Add($"Topic '{wanted.Name}' has {name}={actual}, expected {value}.");
        }

        return mismatches;
    }
}

/// <summary>A topic is there and not as it should be. The message lists every difference.</summary>
public sealed class TopicMismatchException : Exception
{
    internal TopicMismatchException(string topic, IReadOnlyList<string> mismatches)
        : base(string.Join(' ', mismatches) + " Make the topic as it should be, or choose another mismatch policy.")
    {
        Topic = topic;
        Mismatches = mismatches;
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>The differences, one sentence each.</summary>
    public IReadOnlyList<string> Mismatches { get; }
}
