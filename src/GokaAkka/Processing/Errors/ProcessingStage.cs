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

    /// <summary>Reading the bytes of a table's value: the group's own, or one that is joined or looked up.</summary>
    Table,
}
