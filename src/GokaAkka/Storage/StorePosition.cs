namespace GokaAkka.Storage;

/// <summary>How far into the changelog a store's contents reach.</summary>
/// <param name="NextOffset">The first changelog offset not applied. 0 when none is.</param>
/// <param name="Fingerprint">
/// Hash of the last applied record's key and value, or 0 when unknown. Reading that record again and comparing tells whether the topic is
/// still the one the store was made from, whatever the broker says about topic ids.
/// </param>
/// <param name="Timestamp">
/// The last applied record's time in milliseconds since the Unix epoch, or 0 when unknown. A store older than the topic keeps tombstones
/// may have missed deletions and is rebuilt.
/// </param>
public readonly record struct StorePosition(long NextOffset, ulong Fingerprint, long Timestamp)
{
    /// <summary>The position of a new store.</summary>
    public static readonly StorePosition None = new(0, 0, 0);
}
