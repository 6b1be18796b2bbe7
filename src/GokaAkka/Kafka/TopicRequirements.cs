namespace GokaAkka.Kafka;

/// <summary>What to do about an existing topic that is not as it should be. goka ignores it by default.</summary>
public enum MismatchPolicy
{
    /// <summary>Refuse to start.</summary>
    Fail,

    /// <summary>Log and go on.</summary>
    Warn,

    /// <summary>Go on.</summary>
    Ignore,
}

/// <summary>What a group needs of its topics, held against what is there, before anything runs.</summary>
/// <param name="Owner">The group or view, for messages.</param>
/// <param name="CoPartitioned">Topics that must exist and have the same number of partitions.</param>
/// <param name="Existing">Topics that must exist, with any number of partitions.</param>
/// <param name="Table">The group's table, made when it is missing; or null.</param>
/// <param name="Loop">The group's loop, made when it is missing; or null.</param>
sealed record TopicRequirements(
    string Owner, IReadOnlyList<string> CoPartitioned, IReadOnlyList<string> Existing, string? Table, string? Loop)
{
    const string CleanupPolicy = "cleanup.policy";
    const string Retention = "retention.ms";
    const string WhyCompact = "What a topic deletes by age or size is missing from the table.";

    /// <summary>The topics of the group's dead letters, made when they are missing.</summary>
    public IReadOnlyList<string> DeadLetters { get; init; } = [];

    /// <summary>Those among the ones that must exist that other groups make when they start: they are waited for.</summary>
    public IReadOnlyList<string> Foreign { get; init; } = [];

    /// <summary>Whether the brokers know of topics' settings: an embedded one does not.</summary>
    public bool ChecksSettings { get; init; } = true;

    /// <summary>What is wrong before any topic is looked at.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    public IReadOnlyCollection<string> All =>
        [.. new[] { Table, Loop }.OfType<string>().Concat(CoPartitioned).Concat(Existing).Concat(DeadLetters).Distinct()];

    public static TopicRequirements Of(GroupGraph graph, ErrorPlan errors)
    {
        var problems = errors.Problems(graph).ToList();
        return new TopicRequirements(
            graph.Group, [.. graph.InputStreams, .. graph.JointTables], [.. graph.OutputStreams, .. graph.LookupTables], graph.GroupTable, graph.LoopStream)
        {
            // One that goes to an output is asked for as that.
            DeadLetters = problems.Count > 0 ? [] : [.. errors.DeadLetterTopics.Except(graph.OutputStreams)],
            Foreign = [.. graph.JointTables, .. graph.LookupTables],
            Problems = problems,
        };
    }

    /// <summary>Holds the topics that exist against the requirements.</summary>
    /// <param name="found">The topics that exist.</param>
    /// <param name="replicas">Replicas of topics to be made.</param>
    /// <param name="mayCreate">Whether missing topics of the group's own may be made.</param>
    /// <param name="loopRetention">How long the loop's records are kept.</param>
    /// <param name="deadLetterRetention">How long dead letters are kept.</param>
    public TopicVerdict Check(
        IReadOnlyDictionary<string, TopicDescription> found, int? replicas, bool mayCreate, TimeSpan? loopRetention = null,
        TimeSpan? deadLetterRetention = null)
    {
        var verdict = new TopicVerdict();
        verdict.Problems.AddRange(Problems);
        var missing = CoPartitioned.Concat(Existing).Distinct().Where(t => !found.ContainsKey(t)).ToList();
        verdict.Awaited.AddRange(missing.Intersect(Foreign));
        foreach (var topic in missing.Except(Foreign))
            verdict.Problems.Add($"Topic '{topic}' does not exist; make it before '{Owner}' starts.");
        var counted = CoPartitioned.Where(found.ContainsKey).Select(t => found[t]).ToList();
        if (counted.Count == 0)
            return verdict;
        verdict.Partitions = counted[0].Partitions;
        if (counted.Any(t => t.Partitions != verdict.Partitions))
        {
            verdict.Problems.Add(
                $"The inputs and joined tables of '{Owner}' are not co-partitioned: "
                + string.Join(", ", counted.Select(t => $"'{t.Name}' has {t.Partitions} partitions"))
                + ". A key must be in the same partition of each, so their counts must be equal.");
            return verdict;
        }

        foreach (var topic in Foreign.Where(found.ContainsKey))
            verdict.Mismatches.AddRange(TableMismatches(found[topic]));
        if (Table is not null)
            CheckOwn(new TopicSpec(Table, verdict.Partitions, replicas, Settings("compact")), found, mayCreate, verdict);
        if (Loop is not null)
            CheckOwn(new TopicSpec(Loop, verdict.Partitions, replicas, Settings("delete", loopRetention)), found, mayCreate, verdict);
        foreach (var topic in DeadLetters)
            CheckDeadLetters(topic, found, new TopicSpec(topic, verdict.Partitions, replicas, Settings("delete", deadLetterRetention)), mayCreate, verdict);
        return verdict;
    }

    /// <summary>What is wrong with a table that another group writes.</summary>
    public static IEnumerable<string> TableMismatches(TopicDescription table) =>
        TopicManagerExtensions.Mismatches(new TopicSpec(table.Name, table.Partitions, Settings: Settings("compact")), table).Select(static m => $"{m} {WhyCompact}");

    static Dictionary<string, string> Settings(string policy, TimeSpan? retention = null)
    {
        var settings = new Dictionary<string, string> { [CleanupPolicy] = policy };
        if (retention is { } kept)
            settings[Retention] = ((long)kept.TotalMilliseconds).ToString();
        return settings;
    }

    /// <summary>Any partition count and retention will do: the topic may serve several groups. Compaction would remove dead letters of one key.</summary>
    void CheckDeadLetters(
        string topic, IReadOnlyDictionary<string, TopicDescription> found, TopicSpec wanted, bool mayCreate, TopicVerdict verdict)
    {
        if (found.TryGetValue(topic, out var existing))
            wanted = wanted with { Partitions = existing.Partitions, Replicas = null, Settings = Settings("delete") };
        CheckOwn(wanted, found, mayCreate, verdict);
    }

    void CheckOwn(TopicSpec wanted, IReadOnlyDictionary<string, TopicDescription> found, bool mayCreate, TopicVerdict verdict)
    {
        if (found.TryGetValue(wanted.Name, out var existing))
        {
            verdict.Mismatches.AddRange(TopicManagerExtensions.Mismatches(wanted with { Settings = Settings(wanted.Settings![CleanupPolicy]) }, existing)
                .Select(m => $"{m} It belongs to '{Owner}', whose inputs have {wanted.Partitions} partitions."));
            // How long a loop keeps its records is for whoever has made it to say: nothing goes wrong by it while they are read in time.
            if (wanted.Settings.TryGetValue(Retention, out var kept) && existing.Settings?.GetValueOrDefault(Retention) is { } actual && actual != kept)
                verdict.Warnings.Add($"Topic '{wanted.Name}' has {Retention}={actual}, and goka.kafka.loop-retention says {kept}: what is not read in that time is lost.");
            if (existing.Settings is null && wanted.Settings[CleanupPolicy] == "compact" && ChecksSettings)
                verdict.Warnings.Add($"The settings of topic '{wanted.Name}' may not be read (DESCRIBE_CONFIGS): whether its {CleanupPolicy} is compact is not checked.");
        }
        else if (mayCreate)
            verdict.Missing.Add(wanted);
        else
            verdict.Problems.Add($"Topic '{wanted.Name}' does not exist, and goka.kafka.create-topics is off.");
    }
}

/// <summary>What came of a check.</summary>
sealed class TopicVerdict
{
    /// <summary>What keeps the owner from starting.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>What keeps it from starting unless the policy says otherwise.</summary>
    public List<string> Mismatches { get; } = [];

    /// <summary>Topics that others are to make.</summary>
    public List<string> Awaited { get; } = [];

    /// <summary>What is told and keeps nobody from starting.</summary>
    public List<string> Warnings { get; } = [];

    public List<TopicSpec> Missing { get; } = [];

    /// <summary>The partition count of the co-partitioned topics; 0 when unknown.</summary>
    public int Partitions { get; set; }
}
