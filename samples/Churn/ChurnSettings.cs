namespace GokaAkka.Samples.Churn;

/// <summary>What one process of the churn sample does.</summary>
/// <param name="Node">Where it runs.</param>
/// <param name="Role">Its part of the work.</param>
/// <param name="Topic">The stream of changes.</param>
/// <param name="File">The change history to emit, or null.</param>
/// <param name="Out">The file the table is written to, or null.</param>
/// <param name="Patience">How long an export waits while nothing goes on.</param>
sealed record ChurnSettings(NodeSettings Node, Role Role, string Topic, string? File, string? Out, TimeSpan Patience);

/// <summary>A part of the work. Each may be a process of its own.</summary>
enum Role
{
    /// <summary>All of it, one after the other.</summary>
    All,

    /// <summary>Emits the file and ends.</summary>
    Emit,

    /// <summary>Processes until stopped.</summary>
    Process,

    /// <summary>Waits until all that was emitted is processed, writes the table and ends.</summary>
    Export,
}
