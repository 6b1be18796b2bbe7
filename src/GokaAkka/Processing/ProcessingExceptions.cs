namespace GokaAkka.Processing;

/// <summary>A record could not be processed. The message names the record, the stage and the cause.</summary>
public sealed class RecordException : Exception
{
    readonly string _group;

    internal RecordException(
        string group, string topic, int partition, long offset, string key, ProcessingStage stage, Exception cause, int attempts = 1)
        : base(
            $"Group '{group}': {Name(stage)} failed for the record at {topic}[{partition}]@{offset}, key '{key}'"
            + (attempts > 1 ? $", at attempt {attempts}" : "") + $": {cause.Message}", cause)
    {
        _group = group;
        Attempts = attempts;
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

    /// <summary>How often it was tried since its partition was started last, from 1 on.</summary>
    public int Attempts { get; }

    /// <summary>Whether the policy of its stage says that the processor ends of it.</summary>
    internal bool IsFinal { get; init; }

    /// <summary>The same failure of another record of its batch.</summary>
    internal RecordException At(long offset, string key) => new(_group, Topic, Partition, offset, key, Stage, InnerException!, Attempts);

    /// <summary>
    /// Whether the record itself is at fault. A store or a broker that fails, or a producer that is being replaced, would fail the next record too:
    /// passing over would lose them all.
    /// </summary>
    internal bool IsOfTheRecord => Stage switch
    {
        ProcessingStage.Storage or ProcessingStage.Table => false,
        ProcessingStage.Emit => InnerException is not (KafkaFaultException { Fault.Kind: not FaultKind.Record } or ObjectDisposedException),
        _ => true,
    };

    static string Name(ProcessingStage stage) => stage switch
    {
        ProcessingStage.Decode => "decoding the value",
        ProcessingStage.Callback => "the callback",
        ProcessingStage.Emit => "writing what the callback emitted",
        ProcessingStage.Table => "reading a table",
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

/// <summary>
/// A record that failed was to be dead-lettered, and its copy was refused: too large with its headers, for instance. It is neither lost nor passed
/// over: its partition starts again and reads it again, and after too many restarts the processor fails.
/// </summary>
public sealed class DeadLetterException : Exception
{
    internal DeadLetterException(string topic, RecordException error, Exception refusal)
        : base(
            $"The dead letter of the record at {error.Topic}[{error.Partition}]@{error.Offset} cannot be written to '{topic}': {refusal.Message} "
            + $"It stays uncommitted. What had failed before: {error.Message}", refusal)
        => Failure = error;

    /// <summary>Why the record was to be dead-lettered.</summary>
    public RecordException Failure { get; }
}

/// <summary>A callback has ended when its partition was taken away already. What it asked for is the next owner's to write, who reads the record again.</summary>
sealed class PartitionLostException() : Exception("The partition was taken away while the callback ran; its next owner processes the record again.");

/// <summary>Ends a callback that called <see cref="IContext{TState}.Fail"/>.</summary>
public sealed class CallbackFailedException : Exception
{
    internal CallbackFailedException(Exception error) : base(error.Message, error)
    {
    }
}
