using GokaAkka.Kafka;

namespace GokaAkka.Actors;

/// <summary>Checks an owner's topics and makes its own where they are missing, before anything runs.</summary>
sealed class TopicStartup(ITopicManager topics, KafkaSettings settings)
{
    /// <exception cref="StartupException">Something is not as it must be; every problem is listed.</exception>
    public async Task<TopicsPrepared> Prepare(TopicRequirements requirements)
    {
        IReadOnlyDictionary<string, TopicDescription> found;
        try
        {
            found = await topics.Describe(requirements.All).ConfigureAwait(false);
        }
        catch (KafkaFaultException e)
        {
            throw new StartupException(requirements.Owner, [e.Message], e);
        }

        var verdict = requirements.Check(found, settings.ReplicationFactor, settings.CreateTopics, settings.LoopRetention, settings.DeadLetterRetention);
        if (settings.OnMismatch == MismatchPolicy.Fail)
            verdict.Problems.AddRange(verdict.Mismatches);
        if (verdict.Problems.Count > 0)
            throw new StartupException(requirements.Owner, verdict.Problems);
        foreach (var missing in verdict.Missing)
        {
            try
            {
                await topics.Create(missing).ConfigureAwait(false);
            }
            catch (KafkaFaultException e)
            {
                throw new StartupException(requirements.Owner, [e.Message], e);
            }
        }

        return new TopicsPrepared(verdict.Partitions, settings.OnMismatch == MismatchPolicy.Warn ? verdict.Mismatches : []);
    }
}

/// <summary>The topics are as they must be.</summary>
sealed record TopicsPrepared(int Partitions, IReadOnlyList<string> Warnings);
