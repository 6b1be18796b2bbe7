using GokaAkka.Kafka;

namespace GokaAkka.Processing;

/// <summary>A record could not be processed. The message names the record, the stage and the cause.</summary>
public sealed class RecordException : Exception
{
    internal RecordException(string group, string topic, int partition, long offset, string key, ProcessingStage stage, Exception cause)
        : base($"Group '{group}': {Name(stage)} failed for the record at {topic}[{partition}]@{offset}, key '{key}': {cause.Message}", cause)
    {
        Topic = topic;
        Partition = partition;
        Offset = offset;
        Stage = stage;
    }

    /// <summary>The record's topic.</summary>
    public string Topic { get; }

    /// <summary>The record's partition.</summary>
    public int Partition { get; }

    /// <summary>The record's offset.</summary>
    public long Offset { get; }

    /// <summary>Where it failed.</summary>
    public ProcessingStage Stage { get; }

    /// <summary>
    /// Whether the record itself is at fault. A store or a broker that fails would fail the next record too: passing over would lose them all.
    /// </summary>
    internal bool IsOfTheRecord => Stage switch
    {
        ProcessingStage.Storage => false,
        ProcessingStage.Emit => InnerException is not KafkaFaultException { Fault.Kind: not FaultKind.Permanent },
        _ => true,
    };

    static string Name(ProcessingStage stage) => stage switch
    {
        ProcessingStage.Decode => "decoding the value",
        ProcessingStage.Callback => "the callback",
        ProcessingStage.Emit => "writing what the callback emitted",
        _ => "the local store",
    };
}

/// <summary>A record that a callback wrote did not reach Kafka, or a deferred commit was failed.</summary>
public sealed class DeliveryException : Exception
{
    internal DeliveryException(string topic, int partition, long nextOffset, Exception cause)
        : base($"What the records of {topic}[{partition}] before offset {nextOffset} caused did not complete: {cause.Message}", cause)
    {
    }
}

/// <summary>Ends a callback that called <see cref="IContext{TState}.Fail"/>.</summary>
public sealed class CallbackFailedException : Exception
{
    internal CallbackFailedException(Exception error) : base(error.Message, error)
    {
    }
}
