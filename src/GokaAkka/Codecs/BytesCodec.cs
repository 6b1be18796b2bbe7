using System.Buffers;

namespace GokaAkka.Codecs;

/// <inheritdoc cref="Codec.Bytes"/>
sealed class BytesCodec : ICodec<byte[]>
{
    public bool IsImmutable => false;

    public void Encode(byte[] value, IBufferWriter<byte> output) => output.Write(value);

    public byte[] Decode(ReadOnlySpan<byte> data) => data.ToArray();
}
