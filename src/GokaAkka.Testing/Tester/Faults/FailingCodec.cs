using System.Buffers;

namespace GokaAkka.Testing;

/// <summary>
/// A codec that fails when it is told to and is otherwise the one it wraps. Give it to a graph in place of that one; the tester takes the two
/// for the same. Not for concurrent use.
/// </summary>
/// <typeparam name="T">The values' type.</typeparam>
/// <param name="inner">The codec it stands in for.</param>
public sealed class FailingCodec<T>(ICodec<T> inner) : ICodec<T>
{
    /// <summary>Which values cannot be read: given the bytes, returns the error, or null to read them. None by default.</summary>
    public Func<byte[], Exception?> Decoding { get; set; } = static _ => null;

    /// <summary>Which values cannot be written: given the value, returns the error, or null to write it. None by default.</summary>
    public Func<T, Exception?> Encoding { get; set; } = static _ => null;

    /// <inheritdoc/>
    public bool IsImmutable => inner.IsImmutable;

    /// <inheritdoc/>
    public void Encode(T value, IBufferWriter<byte> output)
    {
        if (Encoding(value) is { } error)
            throw error;
        inner.Encode(value, output);
    }

    /// <inheritdoc/>
    public T Decode(ReadOnlySpan<byte> data)
    {
        if (Decoding(data.ToArray()) is { } error)
            throw error;
        return inner.Decode(data);
    }
}
