namespace GokaAkka.Storage.Tests;

public sealed class KeyRangeTests
{
    [Fact]
    public void All_must_hold_every_key()
    {
        KeyRange.All.Contains(""u8).ShouldBeTrue();
        KeyRange.All.Contains([0xff, 0xff]).ShouldBeTrue();
        KeyRange.All.ShouldBe(default);
    }

    [Theory]
    [InlineData("b", "d", "a", false)]
    [InlineData("b", "d", "b", true)]
    [InlineData("b", "d", "c", true)]
    [InlineData("b", "d", "czzz", true)]
    [InlineData("b", "d", "d", false)]
    [InlineData("b", "b", "b", false)]
    [InlineData("d", "b", "c", false)]
    [InlineData("", "", "", false)]
    public void Between_must_hold_its_start_and_not_its_limit(string start, string limit, string key, bool held) =>
        KeyRange.Between(start, limit).Contains(new Key(key).Span).ShouldBe(held);

    [Fact]
    public void From_must_hold_its_start_and_all_after_it()
    {
        var range = KeyRange.From("b");
        range.Contains("a"u8).ShouldBeFalse();
        range.Contains("b"u8).ShouldBeTrue();
        range.Contains([0xff]).ShouldBeTrue();
        range.Limit.ShouldBeNull();
    }

    [Fact]
    public void Prefix_must_hold_exactly_the_keys_that_start_with_it()
    {
        var random = new Random(3);
        for (var round = 0; round < 20_000; round++)
        {
            var prefix = Any(random);
            var key = Any(random);
            KeyRange.Prefix(new Key(prefix)).Contains(key).ShouldBe(key.AsSpan().StartsWith(prefix), $"{Convert.ToHexString(prefix)} {Convert.ToHexString(key)}");
        }
    }

    [Fact]
    public void Prefix_must_leave_the_caller_its_bytes()
    {
        byte[] prefix = [0x61, 0xff];
        KeyRange.Prefix(new Key(prefix)).Limit!.Value.ToArray().ShouldBe([0x62]);
        prefix.ShouldBe([0x61, 0xff]);
    }

    // Few values, so that prefixes match often.
    static byte[] Any(Random random)
    {
        ReadOnlySpan<byte> letters = [0x00, 0x61, 0xfe, 0xff];
        var bytes = new byte[random.Next(4)];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = letters[random.Next(letters.Length)];
        return bytes;
    }
}
