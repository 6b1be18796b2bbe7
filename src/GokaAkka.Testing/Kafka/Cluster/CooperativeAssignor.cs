namespace GokaAkka.Testing;

/// <summary>
/// As Kafka's and librdkafka's <c>cooperative-sticky</c>: balanced, and every member keeps what it has as far as that allows. What is to move to
/// a member while another still has it is withheld: that one gives it up and joins again, and the rebalance after that assigns it.
/// </summary>
internal static class CooperativeAssignor
{
    /// <summary>Assigns the partitions of every topic that exists.</summary>
    /// <param name="members">The members, sorted by id.</param>
    /// <param name="partitionCount">The partition count of a topic; 0 for one that does not exist.</param>
    public static void Assign(IReadOnlyCollection<GroupMember> members, Func<string, int> partitionCount)
    {
        var assignments = members.ToDictionary(m => m, _ => new List<TopicPartition>());
        foreach (var topic in members.SelectMany(m => m.Request.Topics).Distinct().Order(StringComparer.Ordinal))
        {
            var readers = members.Where(m => m.Request.Topics.Contains(topic)).ToList();
            foreach (var (member, partitions) in Share(topic, partitionCount(topic), readers))
                assignments[member].AddRange(partitions);
        }

        var owners = members.SelectMany(m => m.Request.Owned.Select(p => (Partition: p, Member: m))).ToLookup(o => o.Partition, o => o.Member);
        foreach (var (member, assignment) in assignments)
            member.Assignment = assignment.FindAll(p => owners[p].All(o => o == member));
    }

    static Dictionary<GroupMember, List<TopicPartition>> Share(string topic, int count, List<GroupMember> readers)
    {
        var (each, extra) = Math.DivRem(count, readers.Count);
        var owned = readers.ToDictionary(m => m, m => m.Request.Owned.Where(p => p.Topic == topic && p.Partition < count).OrderBy(p => p.Partition).ToList());
        var free = Enumerable.Range(0, count).Select(i => new TopicPartition(topic, i)).Except(owned.Values.SelectMany(p => p)).ToList();
        // Those who have most are to have one more, so that least moves; among equals the first.
        var quotas = readers.OrderByDescending(m => owned[m].Count).Select((m, i) => (Member: m, Quota: each + (i < extra ? 1 : 0))).ToList();
        foreach (var (member, quota) in quotas)
        {
            free.AddRange(owned[member].Skip(quota));
            owned[member] = [.. owned[member].Take(quota)];
        }

        free.Sort((a, b) => a.Partition.CompareTo(b.Partition));
        foreach (var (member, quota) in quotas)
        {
            var missing = quota - owned[member].Count;
            owned[member].AddRange(free.Take(missing));
            free.RemoveRange(0, missing);
        }

        return owned;
    }
}
