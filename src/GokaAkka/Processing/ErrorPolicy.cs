namespace GokaAkka.Processing;

/// <summary>Where in a record's way something failed.</summary>
public enum ProcessingStage
{
    /// <summary>Reading the value's bytes.</summary>
    Decode,

    /// <summary>The user's callback.</summary>
    Callback,

    /// <summary>Sending a record to an output, the loop or the table.</summary>
    Emit,

    /// <summary>Reading or writing the local store.</summary>
    Storage,
}

/// <summary>What happens to the processor when a record fails.</summary>
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
}

/// <summary>What to do when a record fails.</summary>
/// <param name="Action">What happens once it has failed for good.</param>
public sealed record ErrorPolicy(ErrorAction Action)
{
    /// <summary>Restart with backoff, then fail.</summary>
    public static readonly ErrorPolicy Restart = new(ErrorAction.Restart);

    /// <summary>Fail the processor at once.</summary>
    public static readonly ErrorPolicy Fail = new(ErrorAction.Fail);

    /// <summary>Log and pass over.</summary>
    public static readonly ErrorPolicy Skip = new(ErrorAction.Skip);
}
