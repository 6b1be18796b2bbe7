namespace GokaAkka.Tables;

/// <summary>
/// Where a restore starts, given what the store says of itself and what the changelog holds: the recovery table of goka, with a rebuild in
/// every case where goka would go on with contents that cannot be trusted.
/// </summary>
/// <param name="Start">The first offset to read.</param>
/// <param name="Verify">Whether the first record is the last one applied, read again to see that the topic is still the same.</param>
/// <param name="RebuildReason">Why the store has to be emptied first, or null when its contents are good.</param>
readonly record struct RestorePlan(long Start, bool Verify, string? RebuildReason)
{
    /// <param name="stored">The store's position.</param>
    /// <param name="topic">What the changelog holds.</param>
    /// <param name="now">The time in milliseconds since the Unix epoch.</param>
    /// <param name="tombstoneRetention">How long the topic keeps tombstones; null when unknown or unlimited.</param>
    /// <param name="keptFrom">
    /// The first offset of a record that is younger than that; null when it was not asked for. Where the store reaches to it, nothing is missing.
    /// </param>
    public static RestorePlan Make(StorePosition stored, OffsetRange topic, long now, TimeSpan? tombstoneRetention, long? keptFrom = null)
    {
        if (stored.NextOffset == 0)
            return new RestorePlan(topic.Low, false, null);
        if (stored.NextOffset > topic.High)
            return Rebuild(topic, $"the store reaches offset {stored.NextOffset}, beyond the changelog's end {topic.High}: the topic was recreated or truncated");
        if (stored.NextOffset < topic.Low)
            return Rebuild(topic, $"the store reaches offset {stored.NextOffset}, and the changelog starts at {topic.Low}: what was between is gone");
        if (tombstoneRetention is { } kept && MayMissDeletions(stored, topic, now, kept) && !(keptFrom <= stored.NextOffset))
        {
            var age = TimeSpan.FromMilliseconds(now - stored.Timestamp);
            return Rebuild(topic, $"the store is {age:d\\.hh\\:mm\\:ss} old and the changelog keeps tombstones for {kept:d\\.hh\\:mm\\:ss}: deletions may be missing");
        }

        // The last applied record may be compacted away; then the read starts behind it and there is nothing to compare.
        return stored.Fingerprint != 0 && stored.NextOffset > topic.Low
            ? new RestorePlan(stored.NextOffset - 1, true, null)
            : new RestorePlan(stored.NextOffset, false, null);
    }

    /// <summary>Whether deletions may have come and gone since the store's last record, by its age alone. A table that changes seldom looks so too.</summary>
    public static bool MayMissDeletions(StorePosition stored, OffsetRange topic, long now, TimeSpan tombstoneRetention) =>
        stored.Timestamp > 0 && stored.NextOffset < topic.High && now - stored.Timestamp > tombstoneRetention.TotalMilliseconds;

    static RestorePlan Rebuild(OffsetRange topic, string reason) => new(topic.Low, false, reason);
}
