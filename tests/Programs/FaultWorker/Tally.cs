using System.Buffers;
using System.Buffers.Binary;
using GokaAkka.Codecs;

namespace GokaAkka.FaultWorker;

/// <summary>
/// The table's value. The messages of a key are numbered from 1 without gaps, so it tells what became of them: all that came are in
/// <paramref name="Applied"/>, each once in <paramref name="Distinct"/>, and one that was passed over leaves <paramref name="Distinct"/>
/// below <paramref name="Last"/>.
/// </summary>
/// <param name="Applied">Messages applied, repeated ones included.</param>
/// <param name="Distinct">Messages applied for the first time.</param>
/// <param name="Last">The highest number applied.</param>
readonly record struct Tally(long Applied, long Distinct, long Last)
{
    public static ICodec<Tally> Codec { get; } = new TallyCodec();

    public Tally With(long number) =>
        number > Last ? new Tally(Applied + 1, Distinct + 1, number) : this with { Applied = Applied + 1 };

    sealed class TallyCodec : ICodec<Tally>
    {
        const int Size = 3 * sizeof(long);

        public bool IsImmutable => true;

        public void Encode(Tally value, IBufferWriter<byte> output)
        {
            var bytes = output.GetSpan(Size);
            BinaryPrimitives.WriteInt64BigEndian(bytes, value.Applied);
            BinaryPrimitives.WriteInt64BigEndian(bytes[sizeof(long)..], value.Distinct);
            BinaryPrimitives.WriteInt64BigEndian(bytes[(2 * sizeof(long))..], value.Last);
            output.Advance(Size);
        }

        public Tally Decode(ReadOnlySpan<byte> data) => data.Length == Size
            ? new Tally(
                BinaryPrimitives.ReadInt64BigEndian(data), BinaryPrimitives.ReadInt64BigEndian(data[sizeof(long)..]),
                BinaryPrimitives.ReadInt64BigEndian(data[(2 * sizeof(long))..]))
            : throw new FormatException($"Expected {Size} bytes, found {data.Length}.");
    }
}
