namespace GokaAkka.Tests.Records;

public sealed class KeyTests
{
    [Fact]
    public void Keys_are_bytes_and_survive_when_they_are_not_UTF_8()
    {
        byte[] bytes = [0xff, 0xfe, 0x00];
        var key = new Key(bytes);

        key.Span.SequenceEqual(bytes).ShouldBeTrue();
        key.ShouldNotBe(new Key(key.ToString()));
        Key.Copy(bytes).ShouldBe(key);
        Key.Copy(bytes).GetHashCode().ShouldBe(key.GetHashCode());
    }

    [Fact]
    public void Keys_are_ordered_byte_by_byte()
    {
        Key[] keys = [new Key(new byte[] { 0xff }), "b", "", "ab", "a", "Z"];

        keys.Order().Select(k => Convert.ToHexString(k.Span)).ShouldBe(["", "5A", "61", "6162", "62", "FF"]);
    }

    [Fact]
    public void The_default_key_is_the_empty_key()
    {
        default(Key).ShouldBe(new Key(""));
        (default(Key) == "").ShouldBeTrue();
        (default(Key) != "a").ShouldBeTrue();
    }

    [Fact]
    public void A_fingerprint_tells_null_from_empty_and_key_from_value()
    {
        ulong[] prints =
        [
            KeyHash.Fingerprint("k"u8, default, true), KeyHash.Fingerprint("k"u8, default, false), KeyHash.Fingerprint("kv"u8, default, false),
            KeyHash.Fingerprint("k"u8, "v"u8, false), KeyHash.Fingerprint(default, "kv"u8, false), KeyHash.Fingerprint("v"u8, "k"u8, false),
        ];

        prints.Distinct().Count().ShouldBe(prints.Length);
        prints.ShouldAllBe(p => p != 0);
    }

    [Fact]
    public void Hashes_do_not_change_between_versions_since_stores_keep_them() =>
        KeyHash.Fingerprint("alice"u8, "42"u8, false).ShouldBe(FingerprintOfAlice42);

    const ulong FingerprintOfAlice42 = 643119530991661463;
}
