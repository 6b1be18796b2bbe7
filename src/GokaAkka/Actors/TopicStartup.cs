namespace GokaAkka.Actors;

/// <summary>Checks an owner's topics and makes its own where they are missing, before anything runs.</summary>
sealed class TopicStartup(ITopicManager topics, KafkaSettings settings, TimeSpan? within, Persistence persistence)
{
    /// <summary>
    /// Checks and makes. Brokers that do not answer are asked again, and tables that other groups are to make are waited for, for as long as
    /// <c>goka.start-timeout</c> allows.
    /// </summary>
    /// <exception cref="StartupException">Something is not as it must be; every problem is listed.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<TopicsPrepared> Prepare(TopicRequirements requirements, CancellationToken cancellation)
    {
        try
        {
            return await persistence.Ask(() => Try(requirements, cancellation), cancellation, within).ConfigureAwait(false);
        }
        catch (KafkaFaultException e)
        {
            throw new StartupException(requirements.Owner, [Reason(e, within)], e);
        }
    }

    /// <summary>Why a start has failed that brokers prevented.</summary>
    public static string Reason(KafkaFaultException error, TimeSpan? within) =>
        error.Fault.Kind == FaultKind.Retriable ? $"{error.Message}. It was waited for as long as goka.start-timeout says: {within}." : error.Message;

    /// <summary>A topic that some other group is to make does not exist yet.</summary>
    public static KafkaFaultException NotYetThere(string topic) => new(
        $"Topic '{topic}' does not exist yet", new KafkaFault("UnknownTopicOrPart", "it is made when its group starts for the first time", FaultKind.Retriable));

    async Task<TopicsPrepared> Try(TopicRequirements requirements, CancellationToken cancellation)
    {
        var found = await topics.Describe(requirements.All, cancellation).ConfigureAwait(false);
        var verdict = (requirements with { ChecksSettings = settings.EmbeddedControl.Length == 0 }).Check(found, settings.ReplicationFactor, settings.CreateTopics, settings.LoopRetention, settings.DeadLetterRetention);
        if (settings.OnMismatch == MismatchPolicy.Fail)
            verdict.Problems.AddRange(verdict.Mismatches);
        if (verdict.Problems.Count > 0)
            throw new StartupException(requirements.Owner, verdict.Problems);
        foreach (var missing in verdict.Missing)
            await topics.Create(missing, cancellation).ConfigureAwait(false);
        var described = verdict.Missing.Count == 0 ? found : await topics.Describe(requirements.All, cancellation).ConfigureAwait(false);
        // Behind what others may be waiting for.
        if (verdict.Awaited.Count > 0)
            throw NotYetThere(string.Join("', '", verdict.Awaited));
        return new TopicsPrepared(
            verdict.Partitions, [.. verdict.Warnings, .. settings.OnMismatch == MismatchPolicy.Warn ? verdict.Mismatches : []],
            found.Values.ToDictionary(t => t.Name, t => t.TombstoneRetention),
            found.Values.Select(t => (t.Name, t.Partitions)).Concat(verdict.Missing.Select(t => (t.Name, t.Partitions))).ToDictionary(),
            TopicDescription.BatchLimits(found.Values),
            described.Values.Where(static t => t.TopicId is not null).ToDictionary(static t => t.Name, static t => t.TopicId!));
    }
}

/// <summary>The topics are as they must be.</summary>
/// <param name="Partitions">The partition count of inputs and table.</param>
/// <param name="Warnings">What is not as it should be.</param>
/// <param name="TombstoneRetentions">How long topics keep deletions, where that is known.</param>
/// <param name="Counts">The partition count of each topic.</param>
/// <param name="BatchLimits">The largest batch that topics take, where that is known.</param>
/// <param name="TopicIds">Their ids, where the brokers tell.</param>
sealed record TopicsPrepared(
    int Partitions, IReadOnlyList<string> Warnings, IReadOnlyDictionary<string, TimeSpan?> TombstoneRetentions, IReadOnlyDictionary<string, int> Counts,
    IReadOnlyDictionary<string, int> BatchLimits, IReadOnlyDictionary<string, string> TopicIds);
