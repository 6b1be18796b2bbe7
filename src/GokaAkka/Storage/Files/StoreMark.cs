using System.Buffers.Binary;

namespace GokaAkka.Storage;

/// <summary>
/// The record of a store that says in which format it is, whose it is and how far it reaches; written together with the entries it stands for.
/// </summary>
/// <remarks>
/// Little endian: format (4 bytes), checksum of what follows (4), partition (4), next offset, fingerprint, timestamp, two numbers of the store's own
/// (8 each), length of the owner's name (4), owner, topic.
/// </remarks>
/// <param name="Position">How far the contents reach.</param>
/// <param name="First">A number of the store's own.</param>
/// <param name="Second">Another one.</param>
readonly record struct StoreMark(StorePosition Position, long First = 0, long Second = 0)
{
    const int SummedFrom = 8;
    const int NamesFrom = 56;

    /// <summary>The mark as bytes.</summary>
    /// <param name="id">The store.</param>
    /// <param name="format">The format's number, raised when what is kept changes in a way that older code cannot read.</param>
    public byte[] Encode(StorageId id, int format)
    {
        var owner = Encoding.UTF8.GetBytes(id.Owner);
        byte[] bytes = [.. new byte[NamesFrom], .. owner, .. Encoding.UTF8.GetBytes(id.Topic)];
        var span = bytes.AsSpan();
        BinaryPrimitives.WriteInt32LittleEndian(span, format);
        BinaryPrimitives.WriteInt32LittleEndian(span[8..], id.Partition);
        BinaryPrimitives.WriteInt64LittleEndian(span[12..], Position.NextOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(span[20..], Position.Fingerprint);
        BinaryPrimitives.WriteInt64LittleEndian(span[28..], Position.Timestamp);
        BinaryPrimitives.WriteInt64LittleEndian(span[36..], First);
        BinaryPrimitives.WriteInt64LittleEndian(span[44..], Second);
        BinaryPrimitives.WriteInt32LittleEndian(span[52..], owner.Length);
        BinaryPrimitives.WriteInt32LittleEndian(span[4..], EntryChecksum.Of(default, span[SummedFrom..]));
        return bytes;
    }

    /// <summary>The mark that was encoded.</summary>
    /// <exception cref="StorageCorruptException">It is damaged, of another format or of another store.</exception>
    public static StoreMark Decode(ReadOnlySpan<byte> bytes, StorePlace place, int format)
    {
        ArgumentNullException.ThrowIfNull(place);
        if (bytes.Length < NamesFrom)
            throw place.Corrupt($"found {bytes.Length} bytes for its position, expected {NamesFrom} or more");
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes) is var found && found != format)
            throw place.Corrupt($"its format is version {found}, expected {format}");
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]) != EntryChecksum.Of(default, bytes[SummedFrom..]))
            throw place.Corrupt("the checksum of its position is wrong");
        var names = bytes[NamesFrom..];
        var owner = BinaryPrimitives.ReadInt32LittleEndian(bytes[52..]);
        var id = new StorageId(
            Encoding.UTF8.GetString(names[..owner]), Encoding.UTF8.GetString(names[owner..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]));
        if (id != place.Id)
            throw place.Corrupt($"the file is the store of {id}, expected {place.Id}");
        var position = new StorePosition(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[28..]));
        return new StoreMark(
            position, BinaryPrimitives.ReadInt64LittleEndian(bytes[36..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[44..]));
    }
}
