using System.Text;

namespace GokaAkka.Storage.Sqlite;

/// <summary>Reads a store's file from end to end: the structure of its pages, the order of its keys, the checksum of every entry.</summary>
static class Verifier
{
    /// <exception cref="StorageCorruptException">Something is wrong; the message says what.</exception>
    public static void Check(Database database)
    {
        using (var structure = database.Prepare("PRAGMA quick_check(1)", "be checked"))
        {
            var found = structure.Step() ? Encoding.UTF8.GetString(structure.Bytes(0)) : "nothing";
            if (found != "ok")
                throw database.Place.Corrupt($"its structure is damaged ({found.ReplaceLineEndings(" ")})");
        }

        using var rows = database.Prepare("SELECT key, value, sum FROM entries ORDER BY key", "be checked");
        var last = Array.Empty<byte>();
        var length = -1;
        while (rows.Step())
        {
            var key = rows.Bytes(0);
            if (rows.Number(2) != EntryChecksum.Of(key, rows.Bytes(1)))
                throw WrongEntry(database.Place, key);
            if (length >= 0 && key.SequenceCompareTo(last.AsSpan(0, length)) <= 0)
                throw database.Place.Corrupt($"its keys are out of order at {Convert.ToHexString(key)}");
            if (key.Length > last.Length)
                last = new byte[key.Length * 2];
            key.CopyTo(last);
            length = key.Length;
        }
    }

    /// <summary>The error for an entry that is not what was written.</summary>
    public static StorageCorruptException WrongEntry(StorePlace place, ReadOnlySpan<byte> key) =>
        place.Corrupt($"the checksum of the entry with key {Convert.ToHexString(key)} (hexadecimal) is wrong");
}
