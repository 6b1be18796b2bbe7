namespace GokaAkka.Storage.LiteDb;

/// <summary>How tables are kept in LiteDB files.</summary>
public sealed record LiteDbStorageOptions
{
    /// <summary>Where the files live: <c>directory/owner/topic.partition.db</c>. Made when absent. Not a folder that is emptied at a reboot.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// When a store's file is checked from end to end as it is opened: entries, their order and checksums, in both directions. After a crash by
    /// default: LiteDB's log has no checksums, so a power loss can leave half of a batch in it, and the check finds that.
    /// </summary>
    public StoreVerification Verify { get; init; } = StoreVerification.AfterCrash;

    internal void Validate() => ArgumentException.ThrowIfNullOrWhiteSpace(Directory);
}
