using System.Text;

namespace GokaAkka.Storage.Sqlite;

/// <summary>The row that says whose store the file is, how far it reaches, and whether its last owner closed it.</summary>
sealed class Identity : IDisposable
{
    readonly Database _database;
    readonly byte[] _owner;
    readonly byte[] _topic;
    readonly int _partition;
    readonly Statement _write;

    public Identity(Database database)
    {
        _database = database;
        var id = database.Place.Id;
        _owner = Encoding.UTF8.GetBytes(id.Owner);
        _topic = Encoding.UTF8.GetBytes(id.Topic);
        _partition = id.Partition;
        _write = database.Prepare("INSERT OR REPLACE INTO store VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", "write its position");
        _write.BindText(1, _owner).BindText(2, _topic).Bind(3, _partition);
    }

    /// <summary>The position, and whether the last owner closed the store.</summary>
    /// <exception cref="StorageCorruptException">The row is damaged or of another store.</exception>
    public (StorePosition Position, bool WasClosed) Read()
    {
        using var row = _database.Prepare(
            "SELECT owner, topic, partition, next_offset, fingerprint, timestamp, closed, sum FROM store WHERE id = 1", "read its position");
        // The first owner ended between making the tables and writing the row: there is nothing in them.
        if (!row.Step())
            return IsEmpty() ? (StorePosition.None, true) : throw _database.Place.Corrupt("it has entries, but nothing says whose they are");
        ReadOnlySpan<long> numbers = [row.Number(2), row.Number(3), row.Number(4), row.Number(5), row.Number(6)];
        if (row.Number(7) != EntryChecksum.Of(row.Bytes(0), row.Bytes(1), numbers))
            throw _database.Place.Corrupt("the checksum of its position is wrong");
        if (!row.Bytes(0).SequenceEqual(_owner) || !row.Bytes(1).SequenceEqual(_topic) || numbers[0] != _partition)
        {
            var found = $"{Encoding.UTF8.GetString(row.Bytes(0))}/{Encoding.UTF8.GetString(row.Bytes(1))}.{numbers[0]}";
            throw _database.Place.Corrupt($"the file is the store of {found}, expected {_database.Place.Id}");
        }

        return (new StorePosition(numbers[1], unchecked((ulong)numbers[2]), numbers[3]), numbers[4] != 0);
    }

    public void Write(StorePosition position, bool closed)
    {
        ReadOnlySpan<long> numbers = [_partition, position.NextOffset, unchecked((long)position.Fingerprint), position.Timestamp, closed ? 1 : 0];
        _write.Bind(4, numbers[1]).Bind(5, numbers[2]).Bind(6, numbers[3]).Bind(7, numbers[4]);
        _write.Bind(8, EntryChecksum.Of(_owner, _topic, numbers)).Run();
    }

    public void Dispose() => _write.Dispose();

    bool IsEmpty() => _database.ReadNumber("SELECT EXISTS (SELECT 1 FROM fences) OR EXISTS (SELECT 1 FROM blocks)", "be read") == 0;
}
