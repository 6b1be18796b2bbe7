namespace GokaAkka.Kafka;

/// <summary>
/// Members of a group that join it for other topics. Brokers place the partitions of each topic among those that ask for it, so that such members have the same
/// partitions of a group's table, and both write them.
/// </summary>
static class ForeignMembers
{
    /// <param name="group">The group.</param>
    /// <param name="joinedFor">What this member joins for.</param>
    /// <param name="others">What other members have, and who they are.</param>
    /// <exception cref="InvalidOperationException">One has a partition of another topic.</exception>
    public static void Refuse(string group, IReadOnlyList<string> joinedFor, IEnumerable<(string Who, string Topic)> others)
    {
        var foreign = others.Where(o => !joinedFor.Contains(o.Topic)).Distinct().ToList();
        if (foreign.Count > 0)
        {
            throw new InvalidOperationException(
                $"Group '{group}' has members that join it for other topics: {string.Join(", ", foreign.Select(static f => $"'{f.Topic}' ({f.Who})"))}, expected "
                + $"{string.Join(", ", joinedFor.Select(static t => $"'{t}'"))}. Both would write the same tables: give this application a group of its own, or stop "
                + "all members and start them with the same inputs.");
        }
    }
}
