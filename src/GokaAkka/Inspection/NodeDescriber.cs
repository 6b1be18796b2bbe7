using System.Reflection;
using GokaAkka.Actors;

namespace GokaAkka.Inspection;

/// <summary>Describes this node, from the figures that its parts keep anyway. Safe for concurrent use.</summary>
sealed class NodeDescriber(Goka goka, NodeIdentity identity, LogKeeper log, TimeProvider time)
{
    public static readonly string Version =
        typeof(NodeDescriber).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    readonly DateTimeOffset _started = time.GetUtcNow();

    public NodeReport Describe() => new()
    {
        Address = identity.Address,
        Roles = identity.Roles,
        Status = identity.Status,
        At = time.GetUtcNow(),
        Started = _started,
        Version = Version,
        Kafka = goka.KafkaDescription,
        Groups = [.. goka.AllProcessors.OrderBy(static p => p.Graph.Group, StringComparer.Ordinal).Select(Describe)],
        Views = [.. goka.RunningViews.Select(Describe)],
        Actions = goka.Actions.Describe(),
        Log = log.Latest,
    };

    static GroupReport Describe(Processor processor) => new()
    {
        Group = processor.Graph.Group,
        State = processor.State.ToString(),
        Error = ErrorOf(processor.Done),
        Delivery = processor.Delivery == Delivery.ExactlyOnce ? "exactly-once" : "at-least-once",
        PartitionCount = processor.PartitionCount,
        Edges = [.. processor.Graph.AllEdges.Select(static e => new EdgeReport(GraphDescription.Verb(e.Kind), e.Topic, TypeNames.Short(e.MessageType), e.CodecName))],
        Paused = processor.Status.Halted.All,
        PollAgeMs = processor.PollAge?.TotalMilliseconds,
        Troubles = [.. processor.Troubles.Select(static t => new TroubleReport(t.What, t.Reason, t.Since))],
        Rebalances =
        [
            .. processor.Status.Rebalances.Latest.Select(static r => new RebalanceReport(r.At, r.Change.Kind.ToString().ToLowerInvariant(), r.Change.Partitions)),
        ],
        Partitions = [.. processor.Partitions.Select(static p => Describe(p, p.Role == PartitionRole.Standby ? "standby" : "active"))],
    };

    static ViewReport Describe(RunningView view) => new()
    {
        Table = view.Table,
        State = view.Status.State.ToString(),
        Error = ErrorOf(view.Status.Done),
        LookedUpBy = view.LookedUpBy,
        Partitions = [.. view.Status.Partitions.Values.OrderBy(static p => p.Partition).Select(static p => Describe(p, "view"))],
    };

    static PartitionReport Describe(PartitionStatus partition, string role) => new()
    {
        Partition = partition.Partition,
        Role = role,
        State = partition.State.ToString(),
        Generation = partition.Generation,
        Restarts = partition.Restarts,
        LastError = partition.LastError?.Message,
        Processed = partition.Processed,
        Skipped = partition.Skipped,
        DeadLetters = partition.DeadLetters,
        Retries = partition.Retries,
        Misplaced = partition.Misplaced,
        Restored = partition.Restored,
        Remaining = partition.Remaining,
        RestoreStarted = partition.RestoreStarted,
        TableOffset = partition.TableOffset,
        Inputs = [.. partition.Inputs.Select(Describe)],
        Outputs = [.. partition.Outputs.Select(static o => new OutputReport(o.Topic, o.Records, o.Bytes))],
    };

    static InputReport Describe(InputStatus input) => new()
    {
        Topic = input.Topic,
        Records = input.Records,
        Bytes = input.Bytes,
        NextOffset = input.NextOffset,
        DoneOffset = input.DoneOffset,
        HighWatermark = input.HighWatermark,
        Lag = input.Lag,
        LastTimestamp = input.LastTimestamp,
    };

    static string? ErrorOf(Task done) => done.Exception?.GetBaseException().Message;
}
