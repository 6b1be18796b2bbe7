using System.Text;

namespace GokaAkka.Storage.Sqlite;

/// <summary>Reads a store's file from end to end: the structure of its pages, the order of its keys, the checksum of every entry.</summary>
static class Verifier
{
    /// <param name="database">The store's file.</param>
    /// <param name="filterBytes">The most memory the filter may take.</param>
    /// <returns>What it holds.</returns>
    /// <exception cref="StorageCorruptException">Something is wrong; the message says what.</exception>
    public static KeyFilter Check(Database database, long filterBytes)
    {
        using (var structure = database.Prepare("PRAGMA quick_check(1)", "be checked"))
        {
            var found = structure.Step() ? Encoding.UTF8.GetString(structure.Bytes(0)) : "nothing";
            if (found != "ok")
                throw database.Place.Corrupt($"its structure is damaged ({found.ReplaceLineEndings(" ")})");
        }

        var expected = database.ReadNumber("SELECT count(*) FROM blocks", "be checked");
        using var rows = database.Prepare($"{Schema.SelectBlocks} ORDER BY f.first", "be checked");
        KeyFilter? filter = null;
        var blocks = 0L;
        byte[]? last = null;
        for (; rows.Step(); blocks++)
        {
            var block = new Block(database.Place, rows.Bytes(2));
            if (block.Count == 0 || !rows.Bytes(0).SequenceEqual(block.Fence) || (last is not null && block.Fence.SequenceCompareTo(last) <= 0))
                throw database.Place.Corrupt($"a block is not where it belongs, at {Convert.ToHexString(rows.Bytes(0))}");
            block.Check();
            filter ??= new KeyFilter(expected * block.Count, filterBytes);
            filter.Add(block);
            last = block.KeyAt(block.Count - 1).ToArray();
        }

        return blocks == expected ? filter ?? new KeyFilter(0, filterBytes) : throw database.Place.Corrupt("it has a block that nothing leads to");
    }

    /// <summary>The error for an entry that is not what was written.</summary>
    public static StorageCorruptException WrongEntry(StorePlace place, ReadOnlySpan<byte> key) =>
        place.Corrupt($"the checksum of the entry with key {Convert.ToHexString(key)} (hexadecimal) is wrong");
}
