using System.Buffers;
using Google.Protobuf;

namespace GokaAkka.Codecs;

/// <inheritdoc cref="Codec.Protobuf{T}"/>
sealed class ProtobufCodec<T> : ICodec<T> where T : IMessage<T>, new()
{
    static readonly MessageParser<T> Parser = new(() => new T());

    public bool IsImmutable => false;

    public void Encode(T value, IBufferWriter<byte> output) => value.WriteTo(output);

    public T Decode(ReadOnlySpan<byte> data) => Parser.ParseFrom(data);
}
