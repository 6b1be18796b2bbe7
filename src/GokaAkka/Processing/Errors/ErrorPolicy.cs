namespace GokaAkka.Processing;

/// <summary>What becomes of a record that has failed for good.</summary>
public enum ErrorAction
{
    /// <summary>
    /// The partition starts again from its last acknowledged state and reads the record again, with growing pauses; after too many restarts
    /// the processor fails. The default.
    /// </summary>
    Restart,

    /// <summary>The processor stops at once and says why.</summary>
    Fail,

    /// <summary>
    /// The record is logged and passed over; it changes nothing, unless one of the records its callback wrote was refused after others were
    /// sent. Failures of the local store or of the brokers are not the record's, and restart the partition instead.
    /// </summary>
    Skip,

    /// <summary>
    /// The record is passed over as by <see cref="Skip"/>, after a copy of it was written to the dead letter topic: its key, value and headers
    /// as they are, and headers that say what happened (<see cref="DeadLetterHeaders"/>). It is committed only once the copy is acknowledged.
    /// </summary>
    DeadLetter,
}

/// <summary>What to do when a record fails: so many attempts in place, then what <see cref="Action"/> says. Immutable.</summary>
public sealed record ErrorPolicy
{
    /// <summary>Restart with backoff, then fail.</summary>
    public static readonly ErrorPolicy Restart = new(ErrorAction.Restart);

    /// <summary>Fail the processor at once.</summary>
    public static readonly ErrorPolicy Fail = new(ErrorAction.Fail);

    /// <summary>Log and pass over.</summary>
    public static readonly ErrorPolicy Skip = new(ErrorAction.Skip);

    /// <summary>Write to the topic <c>&lt;group&gt;-dlq</c>, log and pass over.</summary>
    public static readonly ErrorPolicy DeadLetter = new(ErrorAction.DeadLetter);

    /// <summary>A policy without retries.</summary>
    public ErrorPolicy(ErrorAction action) => Action = action;

    /// <summary>What happens once it has failed for good.</summary>
    public ErrorAction Action { get; }

    /// <summary>How often it is tried again before that; 0 for not at all.</summary>
    public int Retries { get; private init; }

    /// <summary>The first pause before another attempt, doubled each time; null for <c>goka.processor.retry.min-backoff</c>.</summary>
    public TimeSpan? MinPause { get; private init; }

    /// <summary>The longest pause; null for <c>goka.processor.retry.max-backoff</c>.</summary>
    public TimeSpan? MaxPause { get; private init; }

    /// <summary>Where dead letters go; null for <c>&lt;group&gt;-dlq</c>.</summary>
    public string? DeadLetterTopic { get; private init; }

    /// <summary>Write to a dead letter topic of another name than <c>&lt;group&gt;-dlq</c>.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static ErrorPolicy DeadLetterTo(string topic)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        return DeadLetter with { DeadLetterTopic = topic };
    }

    /// <summary>
    /// This policy after so many further attempts in place: what the callback asked for is dropped and it is called again for the same record,
    /// after a pause that grows. The records behind it wait, those of other keys too unless the input runs callbacks concurrently.
    /// </summary>
    /// <param name="retries">Attempts after the first, from 1 on.</param>
    /// <param name="minPause">The first pause; null for <c>goka.processor.retry.min-backoff</c>.</param>
    /// <param name="maxPause">The longest pause; null for <c>goka.processor.retry.max-backoff</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">No retries, or a pause that is not positive.</exception>
    public ErrorPolicy AfterRetries(int retries, TimeSpan? minPause = null, TimeSpan? maxPause = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(retries);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(minPause ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(minPause));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maxPause ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(maxPause));
        return this with { Retries = retries, MinPause = minPause, MaxPause = maxPause };
    }

    /// <summary>Whether a record may be behind its failure: it is passed over in the end.</summary>
    internal bool PassesOver => Action is ErrorAction.Skip or ErrorAction.DeadLetter;

    /// <summary>As HOCON says it, such as "retry 5 then dead-letter".</summary>
    public override string ToString()
    {
        var end = Action switch
        {
            ErrorAction.DeadLetter => DeadLetterTopic is null ? "dead-letter" : $"dead-letter to {DeadLetterTopic}",
            _ => Action.ToString().ToLowerInvariant(),
        };
        return Retries > 0 ? $"retry {Retries} then {end}" : end;
    }
}
