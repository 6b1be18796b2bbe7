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
