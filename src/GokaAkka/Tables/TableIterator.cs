using GokaAkka.Codecs;
using GokaAkka.Records;
using GokaAkka.Storage;

namespace GokaAkka.Tables;

/// <summary>
/// Walks over a table in byte order of keys, on a snapshot: starts before the first key. Used by one thread; dispose it. goka's
/// <c>Iterator</c>.
/// </summary>
/// <typeparam name="T">The type of the table's values.</typeparam>
public sealed class TableIterator<T> : IDisposable
{
    readonly IStorageIterator _encoded;
    readonly ICodec<T> _codec;

    internal TableIterator(IStorageIterator encoded, ICodec<T> codec)
    {
        _encoded = encoded;
        _codec = codec;
    }

    /// <summary>The current key's bytes, valid until the next call.</summary>
    public ReadOnlySpan<byte> KeyBytes => _encoded.Key;

    /// <summary>The current key, a copy.</summary>
    public Key Key => Key.Copy(KeyBytes);

    /// <summary>The current value's bytes, valid until the next call.</summary>
    public ReadOnlySpan<byte> ValueBytes => _encoded.Value;

    /// <summary>The current value, decoded.</summary>
    public T Value => _codec.Decode(ValueBytes);

    /// <summary>Moves to the next key. False at the end.</summary>
    public bool Next() => _encoded.Next();

    /// <summary>Moves before the first key at or after <paramref name="key"/>, also backwards: <see cref="Next"/> goes to it.</summary>
    public void Seek(Key key) => _encoded.Seek(key.Span);

    /// <summary>Lets the snapshot go.</summary>
    public void Dispose() => _encoded.Dispose();
}
