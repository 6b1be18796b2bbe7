using System.Buffers;

namespace GokaAkka.Codecs;

/// <inheritdoc cref="Codec.String"/>
sealed class StringCodec : ICodec<string>
{
    // Throws instead of replacing: a value that changes on its way through the codec is a loss nobody would notice.
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public bool IsImmutable => true;

    public void Encode(string value, IBufferWriter<byte> output) => Strict.GetBytes(value, output);

    public string Decode(ReadOnlySpan<byte> data)
    {
        try
        {
            return Strict.GetString(data);
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException($"The value is not UTF-8 text: byte {e.Index} of {data.Length} starts an invalid sequence.", e);
        }
    }
}
