using System.Buffers;

namespace GokaAkka.Codecs;

/// <summary>Turns values of one type into bytes and back. One instance serves every partition at once, so it must be safe for concurrent use.</summary>
/// <remarks>goka's <c>Codec</c>, typed. Values travel as these bytes alone, with no envelope.</remarks>
/// <typeparam name="T">The values' type.</typeparam>
public interface ICodec<T>
{
    /// <summary>
    /// Whether nobody can change a decoded value. Then tables keep decoded values and hand the same one out again; otherwise every read
    /// decodes afresh, so that changing a value without setting it changes nothing, as in goka.
    /// </summary>
    bool IsImmutable { get; }

    /// <summary>Writes the value's bytes. Any exception counts as an encoding error of the record at hand.</summary>
    void Encode(T value, IBufferWriter<byte> output);

    /// <summary>Reads a value from its bytes, which are valid during the call only. Any exception counts as a decoding error.</summary>
    T Decode(ReadOnlySpan<byte> data);
}
