using System.Buffers;
using System.Buffers.Binary;

namespace GokaAkka.Testing.Simulation;

/// <summary>What an input record asks for.</summary>
enum OpKind : byte
{
    /// <summary>Note the record in the key's state.</summary>
    Apply,

    /// <summary>The same, and tell the loop.</summary>
    ApplyAndLoop,

    /// <summary>Remove the key's state.</summary>
    Delete,

    /// <summary>The same as Apply; the commit is held back for a while.</summary>
    ApplyDeferred,

    /// <summary>The same as Apply; the callback fails the first time or two.</summary>
    FailsAtFirst,

    /// <summary>The callback fails each time: its input passes such records over.</summary>
    AlwaysFails,

    /// <summary>The value cannot be decoded: its input passes such records over.</summary>
    Undecodable,

    /// <summary>Its transaction is aborted: nobody must ever see it.</summary>
    Aborted,
}

/// <summary>An input record's value: the how-manieth record of its key and source it is, and what it asks for.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="Id">Its number among the records of its key and source; in the loop that of the record that caused it.</param>
/// <param name="From">In the loop: where the record that caused it is.</param>
readonly record struct SimOp(OpKind Kind, byte Id, Origin From);

/// <summary>Where a record came from that caused another one, and which life of the partition processed it.</summary>
readonly record struct Origin(byte Source, byte Partition, int Offset, int Life)
{
    /// <summary>The source of what no record caused.</summary>
    public const byte Visit = 255;

    public const int Bytes = 10;
    public const string Header = "origin";

    public void Write(Span<byte> to)
    {
        to[0] = Source;
        to[1] = Partition;
        BinaryPrimitives.WriteInt32LittleEndian(to[2..], Offset);
        BinaryPrimitives.WriteInt32LittleEndian(to[6..], Life);
    }

    public static Origin Read(ReadOnlySpan<byte> from) => new(
        from[0], from[1], BinaryPrimitives.ReadInt32LittleEndian(from[2..]), BinaryPrimitives.ReadInt32LittleEndian(from[6..]));

    /// <summary>The origin of a record that the group wrote.</summary>
    public static Origin Of(string topic, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers)
    {
        // A tombstone that an owner writes again, behind somebody else's record, has no cause but that.
        if (valueIsNull)
            return headers is not null && headers.TryGet(Header, out var bytes) ? Read(bytes.Span) : new Origin(Visit, 0, 0, 0);
        return topic switch
        {
            Names.Table => SimStateCodec.Instance.Decode(value).From,
            Names.Loop => SimOpCodec.Instance.Decode(value).From,
            _ => SimFactCodec.Instance.Decode(value).From,
        };
    }
}

/// <summary>What the output is told of each record that was processed.</summary>
readonly record struct SimFact(Origin From, byte Key, byte Id);

/// <inheritdoc cref="SimOp"/>
sealed class SimOpCodec : ICodec<SimOp>
{
    public static readonly SimOpCodec Instance = new();

    public bool IsImmutable => true;

    public void Encode(SimOp value, IBufferWriter<byte> output)
    {
        var to = output.GetSpan(2 + Origin.Bytes);
        to[0] = (byte)value.Kind;
        to[1] = value.Id;
        value.From.Write(to[2..]);
        output.Advance(2 + Origin.Bytes);
    }

    public SimOp Decode(ReadOnlySpan<byte> data) => data[0] == (byte)OpKind.Undecodable
        ? throw new FormatException("made so that it cannot be decoded")
        : new SimOp((OpKind)data[0], data[1], Origin.Read(data[2..]));
}

/// <inheritdoc cref="SimFact"/>
sealed class SimFactCodec : ICodec<SimFact>
{
    public static readonly SimFactCodec Instance = new();

    public bool IsImmutable => true;

    public void Encode(SimFact value, IBufferWriter<byte> output)
    {
        var to = output.GetSpan(2 + Origin.Bytes);
        to[0] = value.Key;
        to[1] = value.Id;
        value.From.Write(to[2..]);
        output.Advance(2 + Origin.Bytes);
    }

    public SimFact Decode(ReadOnlySpan<byte> data) => new(Origin.Read(data[2..]), data[0], data[1]);
}
