namespace GokaAkka.Kafka.Confluent;

/// <summary>Which of the native client's assignors go with which way of handing partitions over.</summary>
static class AssignorRules
{
    const string Strategy = "partition.assignment.strategy";
    const string Cooperative = "cooperative-sticky";

    /// <summary>
    /// Whether the group is joined for one topic alone, along with which the partitions of the others are taken. range keeps equal topics together by
    /// itself; any other assignor would deal their partitions out one by one.
    /// </summary>
    /// <exception cref="ArgumentException">The native settings ask for something else than the options.</exception>
    public static bool Check(GroupConsumerOptions options, Dictionary<string, string> config)
    {
        if (config.TryGetValue("group.protocol", out var protocol) && protocol != "classic")
        {
            throw new ArgumentException(
                $"group.protocol of goka.kafka.consumer is '{protocol}': its brokers would place the partitions of each topic by themselves, and those of "
                + "a group's inputs have to stay together. Leave it out, or set it to classic.");
        }

        var found = config[Strategy];
        var isCooperative = found.Split(',').Any(static s => s.Trim() == Cooperative);
        if (isCooperative && found.Trim() != Cooperative)
            throw new ArgumentException($"{Strategy} of goka.kafka.consumer is '{found}': {Cooperative} cannot go together with an assignor that is eager.");
        if (isCooperative != (options.Rebalance == RebalanceProtocol.Cooperative))
        {
            throw new ArgumentException(
                $"{Strategy} of goka.kafka.consumer is '{found}', and goka.processor.rebalance is {(isCooperative ? "eager" : "cooperative")}. Leave the "
                + "first out and say by the second how partitions are handed over.");
        }

        return found.Trim() != "range";
    }
}
