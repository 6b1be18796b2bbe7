namespace GokaAkka.Storage;

/// <summary>
/// The local copy of one table partition: a cache of its changelog, never the truth. One writer at a time; any number of readers at the
/// same time as the writer. Keys and values are bytes; keys are ordered byte by byte; every key is allowed, the empty one included.
/// </summary>
/// <remarks>
/// goka's <c>storage.Storage</c>. The offset is no key among the user's keys here (goka keeps it under <c>__offset</c>), and it moves only
/// together with the values it stands for.
/// </remarks>
public interface IStorage : IDisposable
{
    /// <summary>How far into the changelog the contents reach, as of the last <see cref="Apply"/>; <see cref="StorePosition.None"/> for a new store.</summary>
    StorePosition Position { get; }

    /// <summary>
    /// What the store takes on disk, in bytes; null when that is not known, as by default. Asked for now and then, on any thread, also while the
    /// store is being closed: it must be quick and must not throw.
    /// </summary>
    long? SizeBytes => null;

    /// <summary>The value of a key, in an array the caller may keep, or null when the key is absent. An empty value is an empty array.</summary>
    byte[]? Get(ReadOnlySpan<byte> key);

    /// <summary>Whether the key is present; by default, whether it has a value.</summary>
    bool Has(ReadOnlySpan<byte> key) => Get(key) is not null;

    /// <summary>
    /// Applies all writes and the position in one atomic step: after a crash at any point either all of it is there or none.
    /// Readers see all or nothing as well. Later writes of a key win over earlier ones.
    /// </summary>
    /// <exception cref="StorageException">Nothing was applied: disk full, read-only, damaged. The message names the store and the cause.</exception>
    void Apply(WriteBatch writes, StorePosition position);

    /// <summary>Iterates over a range in byte order, on a snapshot taken at the call: later writes do not show. Dispose it; it may hold resources.</summary>
    IStorageIterator Iterate(KeyRange range);

    /// <summary>Removes all contents and the position, durably, so that the store is as new.</summary>
    void Clear();
}
