using System.Buffers;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;

namespace GokaAkka.Tests.Codecs;

public sealed class CodecsTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(42, "42")]
    [InlineData(-7, "-7")]
    [InlineData(long.MaxValue, "9223372036854775807")]
    [InlineData(long.MinValue, "-9223372036854775808")]
    public void Integers_are_decimal_text_as_in_goka(long value, string text)
    {
        Encoding.UTF8.GetString(Encode(Codec.Int64, value)).ShouldBe(text);
        Codec.Int64.Decode(Encoding.UTF8.GetBytes(text)).ShouldBe(value);
    }

    [Theory]
    [InlineData("+5", 5)]
    [InlineData("007", 7)]
    public void Integers_that_Go_reads_are_read(string text, long value) => Codec.Int64.Decode(Encoding.UTF8.GetBytes(text)).ShouldBe(value);

    [Theory]
    [InlineData("", "no bytes")]
    [InlineData("x", "\"x\"")]
    [InlineData("1 ", "\"1 \"")]
    [InlineData("1.5", "\"1.5\"")]
    [InlineData("+-1", "\"+-1\"")]
    [InlineData("9223372036854775808", "\"9223372036854775808\"")]
    [InlineData("0123456789012345678901234567890123456789", "\"01234567890123456789012345678901\" and 8 more bytes")]
    public void What_is_no_integer_is_shown(string text, string shown) =>
        Should.Throw<FormatException>(() => Codec.Int64.Decode(Encoding.UTF8.GetBytes(text)))
            .Message.ShouldBe($"Expected a 64-bit integer as decimal text, found {shown}.");

    [Theory]
    [InlineData("")]
    [InlineData("héllo 日本 🎉")]
    public void Text_goes_through_unchanged(string text) => Codec.String.Decode(Encode(Codec.String, text)).ShouldBe(text);

    [Fact]
    public void Text_that_cannot_go_through_unchanged_is_an_error_both_ways()
    {
        Should.Throw<EncoderFallbackException>(() => Encode(Codec.String, "a\ud800"));
        Should.Throw<FormatException>(() => Codec.String.Decode([0x61, 0xff]))
            .Message.ShouldBe("The value is not UTF-8 text: byte 1 of 2 starts an invalid sequence.");
    }

    [Fact]
    public void Bytes_are_copied_and_not_called_immutable()
    {
        byte[] source = [1, 2, 3];
        var decoded = Codec.Bytes.Decode(source);
        source[0] = 9;

        decoded.ShouldBe([1, 2, 3]);
        Encode(Codec.Bytes, decoded).ShouldBe(decoded);
        Codec.Bytes.IsImmutable.ShouldBeFalse();
        (Codec.String.IsImmutable, Codec.Int64.IsImmutable).ShouldBe((true, true));
    }

    [Fact]
    public void Json_goes_through_and_is_mutable_unless_said_otherwise()
    {
        var codec = Codec.Json<Point>();

        Encoding.UTF8.GetString(Encode(codec, new Point(1, 2))).ShouldBe("""{"X":1,"Y":2}""");
        codec.Decode("""{"Y":4,"X":3}"""u8).ShouldBe(new Point(3, 4));
        codec.IsImmutable.ShouldBeFalse();
        Codec.Json<Point>(immutable: true).IsImmutable.ShouldBeTrue();
        Codec.Json<int>().IsImmutable.ShouldBeTrue();
        Should.Throw<JsonException>(() => codec.Decode("{"u8)).Message.ShouldNotBeEmpty();
    }

    [Fact]
    public void Json_after_a_value_that_failed_to_encode_is_clean()
    {
        var codec = Codec.Json<Awkward>();

        Should.Throw<Exception>(() => Encode(codec, new Awkward { Fails = true }));

        Encoding.UTF8.GetString(Encode(codec, new Awkward())).ShouldBe("""{"Fails":false,"Value":1}""");
    }

    [Fact]
    public void Protobuf_goes_through_and_bad_bytes_are_an_error()
    {
        var codec = Codec.Protobuf<StringValue>();

        codec.Decode(Encode(codec, new StringValue { Value = "hello" })).Value.ShouldBe("hello");
        Should.Throw<Google.Protobuf.InvalidProtocolBufferException>(() => codec.Decode([0x0a, 0x05, 0x61]));
        codec.IsImmutable.ShouldBeFalse();
    }

    [Fact]
    public void A_codec_serves_many_threads_at_once()
    {
        var codec = Codec.Json<Point>();

        Parallel.For(0, 2000, i => codec.Decode(Encode(codec, new Point(i, -i))).ShouldBe(new Point(i, -i)));
    }

    static byte[] Encode<T>(ICodec<T> codec, T value)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.Encode(value, output);
        return output.WrittenSpan.ToArray();
    }

    sealed record Point(int X, int Y);

    sealed class Awkward
    {
        public bool Fails { get; init; }

        public int Value => Fails ? throw new InvalidOperationException("no value") : 1;
    }
}
