namespace GokaAkka.Testing;

/// <summary>What a log entry is to a read_committed reader.</summary>
public enum RecordStatus
{
    /// <summary>Visible: written outside a transaction, or its transaction was committed.</summary>
    Committed,

    /// <summary>Its transaction is open; nothing at or behind it is visible yet.</summary>
    Open,

    /// <summary>Its transaction was aborted; never visible.</summary>
    Aborted,

    /// <summary>Not a record: the marker that commits a transaction. It takes an offset.</summary>
    CommitMarker,

    /// <summary>Not a record: the marker that aborts a transaction. It takes an offset.</summary>
    AbortMarker,
}
