using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

/// <summary>The client's errors in our terms.</summary>
static class Faults
{
    /// <summary>The group's coordinator did not answer in time.</summary>
    public static KafkaFault CoordinatorAway { get; } = new(
        nameof(ErrorCode.Local_WaitCoord), "the group's coordinator does not answer; check that the brokers are reachable", FaultKind.Retriable);

    /// <summary>A commit that was overtaken by a rebalance in which its partitions stay: the client commits it again under the new generation.</summary>
    public static bool IsOvertaken(Error error) => error.Code is ErrorCode.IllegalGeneration or ErrorCode.RebalanceInProgress;

    public static KafkaFault From(Error error) => new(error.Code.ToString(), error.Reason ?? "", KindOf(error));

    /// <summary>As <see cref="From"/>; what a principal may not do with a topic is named with both.</summary>
    public static KafkaFault OfTopic(Error error, string operation, string topic, string principal) => From(error) is var fault && error.Code == ErrorCode.TopicAuthorizationFailed
        ? fault with { Reason = $"{fault.Reason}: {principal} needs {operation} on topic '{topic}'" }
        : fault;

    /// <summary>Whom brokers take a client with these settings for.</summary>
    public static string Principal(IReadOnlyDictionary<string, string> config) => config.TryGetValue("sasl.username", out var user) ? $"user '{user}'"
        : config.ContainsKey("sasl.mechanism") || config.ContainsKey("sasl.mechanisms") ? "the user that its token names"
        : config.Keys.Any(static k => k.StartsWith("ssl.certificate.", StringComparison.Ordinal) || k.StartsWith("ssl.keystore.", StringComparison.Ordinal)) ? "the user that its certificate names"
        : "the anonymous user";

    public static KafkaFaultException Exception(string what, KafkaException e) => new(what, From(Cause(e)), e);

    /// <summary>
    /// As <see cref="Exception"/>, for a question to the leaders of partitions. Of a partition whose leader it cannot find among the brokers, the
    /// client says that it is unknown, or of all of them that there are none: that passes.
    /// </summary>
    public static KafkaFaultException OfLeaders(string what, KafkaException e) => Cause(e) is { Code: ErrorCode.Local_UnknownPartition or ErrorCode.Local_NoEnt } cause
        ? new(what, From(cause) with { Kind = FaultKind.Retriable }, e)
        : Exception(what, e);

    // That some of several partitions failed says less than what the first one failed of.
    static Error Cause(KafkaException e) => e switch
    {
        TopicPartitionOffsetException { Results: var results } => results.FirstOrDefault(r => r.Error.IsError)?.Error ?? e.Error,
        _ => e.Error,
    };

    static FaultKind KindOf(Error error) =>
        error.IsFatal ? FaultKind.Fatal : IsRetriable(error.Code) ? FaultKind.Retriable : IsOfRecord(error.Code) ? FaultKind.Record : FaultKind.Permanent;

    static bool IsOfRecord(ErrorCode code) => code is
        ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsg or ErrorCode.InvalidMsgSize or ErrorCode.RecordListTooLarge or ErrorCode.InvalidTimestamp
        or ErrorCode.InvalidRecord or ErrorCode.Local_BadMsg;

    static bool IsRetriable(ErrorCode code) => code is
        ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_TimedOut or ErrorCode.Local_Resolve
        or ErrorCode.Local_WaitCoord or ErrorCode.Local_PurgeQueue or ErrorCode.Local_PurgeInflight or ErrorCode.Local_MsgTimedOut or ErrorCode.Local_TimedOutQueue or ErrorCode.Local_Retry
        or ErrorCode.Local_NodeUpdate or ErrorCode.Local_WaitCache or ErrorCode.Local_MaxPollExceeded or ErrorCode.Local_InProgress
        or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderForPartition or ErrorCode.RequestTimedOut or ErrorCode.BrokerNotAvailable
        or ErrorCode.ReplicaNotAvailable or ErrorCode.NetworkException or ErrorCode.GroupLoadInProgress
        or ErrorCode.GroupCoordinatorNotAvailable or ErrorCode.NotCoordinatorForGroup or ErrorCode.NotEnoughReplicas
        or ErrorCode.NotEnoughReplicasAfterAppend or ErrorCode.RebalanceInProgress or ErrorCode.KafkaStorageError
        or ErrorCode.UnknownLeaderEpoch or ErrorCode.FencedLeaderEpoch or ErrorCode.UnstableOffsetCommit or ErrorCode.ThrottlingQuotaExceeded
        // Of a broker that was asked and has left the cluster: another leads.
        or ErrorCode.Local_DestroyBroker
        // Of a cluster that is starting: brokers are still to come.
        or ErrorCode.InvalidReplicationFactor;
}
