using GokaAkka.Queries;

namespace GokaAkka.Cluster.Serialization;

/// <summary>How reads of tables and their answers are written.</summary>
static class ReadFormats
{
    public static readonly WireFormat[] All =
    [
        WireFormat.Binary<ReadKey>("read-key/1", static (to, m) =>
        {
            Head(to, m);
            Bytes(to, m.Key.Span);
        }, static from => new ReadKey(from.ReadString(), from.ReadInt32(), from.ReadInt64(), from.ReadBoolean(), Bytes(from))),
        WireFormat.Binary<ReadRange>("read-range/1", static (to, m) =>
        {
            Head(to, m);
            Bytes(to, m.Range.Start.Span);
            to.Write(m.Range.Limit is not null);
            Bytes(to, m.Range.Limit is { } limit ? limit.Span : default);
            to.Write(m.MaxEntries);
            to.Write(m.MaxBytes);
        }, static from => new ReadRange(
            from.ReadString(), from.ReadInt32(), from.ReadInt64(), from.ReadBoolean(), Range(from), from.ReadInt32(), from.ReadInt32())),
        WireFormat.Binary<KeyRead>("key/1", static (to, m) =>
        {
            to.Write(m.Value is not null);
            Bytes(to, m.Value);
            Stamp(to, m.Stamp);
        }, static from => new KeyRead(from.ReadBoolean() ? Bytes(from) : Nothing(from), Stamp(from))),
        WireFormat.Binary<RangeRead>("range/1", static (to, m) =>
        {
            Stamp(to, m.Stamp);
            to.Write(m.IsLast);
            to.Write(m.Entries.Count);
            foreach (var entry in m.Entries)
            {
                Bytes(to, entry.Key.Span);
                Bytes(to, entry.Value);
            }
        }, static from =>
        {
            var stamp = Stamp(from);
            var isLast = from.ReadBoolean();
            // An entry has two lengths at least.
            var entries = new TableEntry[Count(from, from.ReadInt32(), 2 * sizeof(int))];
            for (var i = 0; i < entries.Length; i++)
                entries[i] = new TableEntry(new Key(Bytes(from)), Bytes(from), stamp.Partition);
            return new RangeRead(entries, isLast, stamp);
        }),
        WireFormat.Binary<ReadRefused>("refused/1", static (to, m) =>
        {
            to.Write((int)m.Failure);
            to.Write(m.Node);
            to.Write(m.Reason);
            to.Write(m.Owner ?? "");
            to.Write(m.Generation);
        }, static from => new ReadRefused(Failure(from.ReadInt32()), from.ReadString(), from.ReadString())
        {
            Owner = from.ReadString() is { Length: > 0 } owner ? owner : null, Generation = from.ReadInt32(),
        }),
    ];

    static void Head(BinaryWriter to, ReadRequest request)
    {
        to.Write(request.Table);
        to.Write(request.Partition);
        to.Write(request.TableOffset);
        to.Write(request.AllowsCopies);
    }

    static void Stamp(BinaryWriter to, ReadStamp stamp)
    {
        to.Write((int)stamp.Source);
        to.Write(stamp.Node);
        to.Write(stamp.Partition);
        to.Write(stamp.TableOffset);
        to.Write(stamp.At.UtcTicks);
    }

    static ReadStamp Stamp(BinaryReader from) => new()
    {
        Source = (ReadSource)from.ReadInt32(),
        Node = from.ReadString(),
        Partition = from.ReadInt32(),
        TableOffset = from.ReadInt64(),
        At = new DateTimeOffset(from.ReadInt64(), TimeSpan.Zero),
    };

    static KeyRange Range(BinaryReader from)
    {
        var start = new Key(Bytes(from));
        var isLimited = from.ReadBoolean();
        var limit = new Key(Bytes(from));
        return isLimited ? KeyRange.Between(start, limit) : KeyRange.From(start);
    }

    static void Bytes(BinaryWriter to, ReadOnlySpan<byte> bytes)
    {
        to.Write(bytes.Length);
        to.Write(bytes);
    }

    static byte[] Bytes(BinaryReader from) => from.ReadBytes(Count(from, from.ReadInt32(), 1));

    // Checked before memory is taken for as many.
    static int Count(BinaryReader from, int count, int bytesOfEach)
    {
        var left = from.BaseStream.Length - from.BaseStream.Position;
        return count >= 0 && (long)count * bytesOfEach <= left
            ? count
            : throw new EndOfStreamException($"{count} times {bytesOfEach} bytes are announced and {left} are there.");
    }

    // A later version may have more reasons. One that is not known here is final: it is not known whether to ask again would help.
    static QueryFailure Failure(int value) => Enum.IsDefined((QueryFailure)value) ? (QueryFailure)value : QueryFailure.Failed;

    static byte[]? Nothing(BinaryReader from)
    {
        Bytes(from);
        return null;
    }
}
