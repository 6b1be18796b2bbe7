namespace GokaAkka.Storage.Tests;

public sealed class StoreMarkTests
{
    static readonly StorageId Id = new("läden", "clicks-table", 3);
    static readonly StorePlace Place = new("test", Id, "/data/store");
    static readonly StoreMark Mark = new(new StorePosition(long.MaxValue, ulong.MaxValue, 7), 8, -9);

    [Fact]
    public void Mark_must_be_read_as_it_was_written() => StoreMark.Decode(Mark.Encode(Id, 2), Place, 2).ShouldBe(Mark);

    [Fact]
    public void Mark_of_another_format_or_store_must_be_refused_with_what_was_found_and_expected()
    {
        Should.Throw<StorageCorruptException>(() => StoreMark.Decode(Mark.Encode(Id, 1), Place, 2)).Message.ShouldContain("version 1, expected 2");
        Should.Throw<StorageCorruptException>(() => StoreMark.Decode(Mark.Encode(Id with { Partition = 4 }, 2), Place, 2)).Message
            .ShouldContain("the store of läden/clicks-table.4, expected läden/clicks-table.3");
    }

    [Fact]
    public void Mark_with_a_flipped_bit_or_cut_off_must_be_refused()
    {
        var bytes = Mark.Encode(Id, 2);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Should.Throw<StorageCorruptException>(() => StoreMark.Decode(bytes, Place, 2), $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var length = 0; length < bytes.Length; length++)
            Should.Throw<StorageCorruptException>(() => StoreMark.Decode(bytes.AsSpan(0, length), Place, 2), $"cut to {length} bytes");
    }
}
