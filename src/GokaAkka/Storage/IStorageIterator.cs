namespace GokaAkka.Storage;

/// <summary>Walks over keys in byte order. Starts before the first key: call <see cref="Next"/> first. Used by one thread.</summary>
/// <remarks>goka's <c>storage.Iterator</c>; <c>Release</c> is <see cref="IDisposable.Dispose"/>, and an error is an exception of
/// <see cref="Next"/> in place of <c>Err</c>.</remarks>
public interface IStorageIterator : IDisposable
{
    /// <summary>The current key, valid until the next call.</summary>
    ReadOnlySpan<byte> Key { get; }

    /// <summary>The current value, valid until the next call.</summary>
    ReadOnlySpan<byte> Value { get; }

    /// <summary>Moves to the next key. False at the end, and again on every later call.</summary>
    bool Next();

    /// <summary>
    /// Moves before the first key at or after <paramref name="key"/> within the range, also backwards, so that <see cref="Next"/> goes to it.
    /// </summary>
    void Seek(ReadOnlySpan<byte> key);
}
