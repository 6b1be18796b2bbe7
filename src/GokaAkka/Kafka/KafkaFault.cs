namespace GokaAkka.Kafka;

/// <summary>What Kafka or its client said went wrong.</summary>
/// <param name="Code">Kafka's or the client's name of the error, such as <c>NotLeaderForPartition</c>.</param>
/// <param name="Reason">The sentence that came with it.</param>
/// <param name="Kind">What can be done about it.</param>
public sealed record KafkaFault(string Code, string Reason, FaultKind Kind)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Code}: {Reason}";
}

/// <summary>What can be done about a fault.</summary>
public enum FaultKind
{
    /// <summary>It may pass by itself; the client goes on trying.</summary>
    Retriable,

    /// <summary>This operation failed, and does until somebody changes something: a permission, a topic, a setting. Others may succeed.</summary>
    Permanent,

    /// <summary>This record is refused for what it is, its size for instance; others of its topic are not.</summary>
    Record,

    /// <summary>The open transaction must be aborted.</summary>
    AbortsTransaction,

    /// <summary>The client instance is of no more use; a new one has to be made.</summary>
    Fatal,
}

/// <summary>A Kafka operation failed. <see cref="Fault"/> says what can be done about it.</summary>
public sealed class KafkaFaultException : Exception
{
    /// <summary>A failed operation.</summary>
    public KafkaFaultException(string message, KafkaFault fault, Exception? cause = null) : base($"{message}: {fault}", cause) => Fault = fault;

    /// <summary>What went wrong.</summary>
    public KafkaFault Fault { get; }
}
