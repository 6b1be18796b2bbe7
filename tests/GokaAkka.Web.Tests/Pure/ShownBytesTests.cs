using GokaAkka.Web.Api.Queries;

namespace GokaAkka.Web.Tests.Pure;

public sealed class ShownBytesTests
{
    [Theory]
    [InlineData("{\"a\":[1]}", "auto", "json", "{\n  \"a\": [\n    1\n  ]\n}")]
    [InlineData("{\"a\":[1]}", "text", "text", "{\"a\":[1]}")]
    [InlineData("{\"a\":", "auto", "text", "{\"a\":")]
    [InlineData("12345", "auto", "text", "12345")]
    [InlineData("Zürich\n日本", "auto", "text", "Zürich\n日本")]
    [InlineData("ab", "hex", "hex", "61 62")]
    [InlineData("", "auto", "text", "")]
    [InlineData("<b>", "auto", "text", "<b>")]
    [InlineData("a\u202eb\u200bc", "auto", "text", "a\\u202eb\\u200bc")]
    [InlineData("a\0b", "auto", "hex", "61 00 62")]
    [InlineData("a\0b", "text", "text", "a\\u0000b")]
    public void Value_must_be_shown_as_what_it_is_or_as_was_wanted(string value, string wanted, string how, string text)
    {
        var shown = ShownBytes.Value(Encoding.UTF8.GetBytes(value), wanted, 1000);

        (shown.As, shown.Text.ReplaceLineEndings("\n"), shown.IsCut, shown.Size).ShouldBe((how, text, false, Encoding.UTF8.GetByteCount(value)));
    }

    [Fact]
    public void Bytes_that_are_no_text_must_be_shown_in_hex()
    {
        ShownBytes.Value([0xff, 0xfe, 0x00], "auto", 1000).Text.ShouldBe("ff fe 00");
        ShownBytes.Value([0xff, 0xfe, 0x00], "json", 1000).As.ShouldBe("hex");
        ShownBytes.Key([0x01], 1000).As.ShouldBe("hex");
    }

    [Fact]
    public void Long_value_must_be_cut_and_say_so_and_not_between_the_halves_of_a_character()
    {
        var shown = ShownBytes.Value(Encoding.UTF8.GetBytes(new string('x', 1 << 20)), "auto", 100);
        (shown.Text.Length, shown.IsCut, shown.Size).ShouldBe((100, true, 1 << 20));

        ShownBytes.Value("abc😀"u8, "text", 4).Text.ShouldBe("abc");
        ShownBytes.Value(new byte[1000], "hex", 30).Text.ShouldBe("00 00 00 00 00 00 00 00 00 00");
    }

    [Fact]
    public void Deep_json_must_be_shown_as_text()
    {
        ShownBytes.Value(Encoding.UTF8.GetBytes(new string('[', 5000) + new string(']', 5000)), "auto", 100).As.ShouldBe("text");
    }
}
