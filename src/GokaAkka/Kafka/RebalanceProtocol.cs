namespace GokaAkka.Kafka;

/// <summary>How a group's members hand partitions over. All members of a group must go by the same.</summary>
public enum RebalanceProtocol
{
    /// <summary>
    /// Every member gives up all it has and is assigned anew: whatever stays where it was stops for the time of the rebalance. The range
    /// assignor, over all topics.
    /// </summary>
    Eager,

    /// <summary>
    /// Only what moves is given up; what stays goes on. The cooperative-sticky assignor over one topic, the anchor, along with which the same
    /// partitions of the others come and go.
    /// </summary>
    Cooperative,
}

/// <summary>What a group answers to one who wants to join it and hands partitions over in another way.</summary>
static class RebalanceMismatch
{
    public static string Reason(RebalanceProtocol mine) =>
        $"the group has members that hand partitions over in another way than this one, which is {mine.ToString().ToLowerInvariant()}: stop all of them, "
        + "then start them with the same goka.processor.rebalance";
}
