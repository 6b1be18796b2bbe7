namespace GokaAkka.Testing;

/// <summary>
/// Kafka's and librdkafka's <c>range</c>: per topic, the members that read it, sorted by id, get consecutive partitions; the first ones get one
/// more when it does not divide evenly. Topics of equal partition counts read by the same members are co-partitioned therefore.
/// </summary>
internal static class RangeAssignor
{
    /// <summary>Assigns the partitions of every topic that exists.</summary>
    /// <param name="members">The members, sorted by id.</param>
    /// <param name="partitionCount">The partition count of a topic; 0 for one that does not exist.</param>
    public static void Assign(IReadOnlyCollection<GroupMember> members, Func<string, int> partitionCount)
    {
        var assignments = members.ToDictionary(m => m, _ => new List<TopicPartition>());
        var topics = members.SelectMany(m => m.Request.Topics).Distinct().Order(StringComparer.Ordinal);
        foreach (var topic in topics)
        {
            var readers = members.Where(m => m.Request.Topics.Contains(topic)).ToArray();
            var (each, extra) = Math.DivRem(partitionCount(topic), readers.Length);
            var next = 0;
            for (var i = 0; i < readers.Length; i++)
            {
                for (var n = each + (i < extra ? 1 : 0); n > 0; n--)
                    assignments[readers[i]].Add(new TopicPartition(topic, next++));
            }
        }

        foreach (var (member, assignment) in assignments)
            member.Assignment = assignment;
    }
}
