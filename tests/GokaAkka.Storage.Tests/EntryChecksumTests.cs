namespace GokaAkka.Storage.Tests;

public sealed class EntryChecksumTests
{
    [Fact]
    public void Checksum_must_be_the_one_of_the_file_format()
    {
        EntryChecksum.Of(""u8, ""u8).ShouldBe(Reference(new byte[4]));
        EntryChecksum.Of("key"u8, "a value of some length"u8).ShouldBe(Reference([3, 0, 0, 0, .. "keya value of some length"u8]));
    }

    [Fact]
    public void Checksum_must_change_with_every_bit_and_with_the_border_between_key_and_value()
    {
        var entry = Encoding.ASCII.GetBytes("0123456789abcdefghijk");
        var sums = new HashSet<int> { EntryChecksum.Of(entry.AsSpan(0, 10), entry.AsSpan(10)) };
        for (var border = 0; border <= entry.Length; border++)
            sums.Add(EntryChecksum.Of(entry.AsSpan(0, border), entry.AsSpan(border)));
        for (var bit = 0; bit < entry.Length * 8; bit++)
        {
            entry[bit / 8] ^= (byte)(1 << (bit % 8));
            sums.Add(EntryChecksum.Of(entry.AsSpan(0, 10), entry.AsSpan(10))).ShouldBeTrue($"bit {bit}");
            entry[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        sums.Count.ShouldBe(1 + entry.Length + (entry.Length * 8));
    }

    // CRC-32C, bit by bit.
    static int Reference(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var b in bytes)
        {
            sum ^= b;
            for (var i = 0; i < 8; i++)
                sum = (sum & 1) != 0 ? (sum >> 1) ^ 0x82F63B78 : sum >> 1;
        }

        return (int)~sum;
    }
}
