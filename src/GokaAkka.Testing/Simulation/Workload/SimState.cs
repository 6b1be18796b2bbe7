using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace GokaAkka.Testing.Simulation;

/// <summary>
/// The state of a key: which records of each source it has seen, as bits, and how often records were applied to it. The bits tell what is
/// missing; the count tells what was applied twice.
/// </summary>
/// <param name="A">Records of the first input.</param>
/// <param name="B">Records of the second input.</param>
/// <param name="L">Records of the loop.</param>
/// <param name="Applied">Applications, repeated ones too.</param>
/// <param name="Visits">Visits.</param>
/// <param name="From">The record that was applied last.</param>
readonly record struct SimState(ulong A, ulong B, ulong L, int Applied, int Visits, Origin From)
{
    public ulong this[int source] => source switch
    {
        0 => A,
        1 => B,
        _ => L,
    };

    /// <summary>Applications beyond the first of each record.</summary>
    public int Repeated => Applied - BitOperations.PopCount(A) - BitOperations.PopCount(B) - BitOperations.PopCount(L);

    public SimState Apply(int source, int id, Origin from)
    {
        var bit = 1UL << id;
        return new SimState(
            source == 0 ? A | bit : A, source == 1 ? B | bit : B, source == 2 ? L | bit : L, Applied + 1, Visits, from);
    }
}

/// <inheritdoc cref="SimState"/>
sealed class SimStateCodec : ICodec<SimState>
{
    public static readonly SimStateCodec Instance = new();

    const int Bytes = 32 + Origin.Bytes;

    public bool IsImmutable => true;

    public void Encode(SimState value, IBufferWriter<byte> output)
    {
        var to = output.GetSpan(Bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(to, value.A);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], value.B);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], value.L);
        BinaryPrimitives.WriteInt32LittleEndian(to[24..], value.Applied);
        BinaryPrimitives.WriteInt32LittleEndian(to[28..], value.Visits);
        value.From.Write(to[32..]);
        output.Advance(Bytes);
    }

    public SimState Decode(ReadOnlySpan<byte> data) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(data), BinaryPrimitives.ReadUInt64LittleEndian(data[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(data[16..]), BinaryPrimitives.ReadInt32LittleEndian(data[24..]),
        BinaryPrimitives.ReadInt32LittleEndian(data[28..]), Origin.Read(data[32..]));
}
