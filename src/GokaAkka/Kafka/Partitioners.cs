using System.Buffers.Binary;

namespace GokaAkka.Kafka;

/// <summary>The built-in partitioners.</summary>
public static class Partitioners
{
    /// <summary>
    /// FNV-1a 32, the default: the same partitions as goka's producer and librdkafka's <c>fnv1a</c>. Right also for the key whose hash is
    /// -2^31 as a signed number, such as "k12hlxfk", where goka's readers look in a partition that does not exist.
    /// </summary>
    public static IPartitioner Fnv1a { get; } = new Fnv1aPartitioner();

    /// <summary>murmur2, the same partitions as Java's default partitioner gives to keys.</summary>
    public static IPartitioner Murmur2 { get; } = new Murmur2Partitioner();

    /// <summary>The partitioner of this name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names those there are.</exception>
    public static IPartitioner Named(string name) => name switch
    {
        "fnv1a" => Fnv1a,
        "murmur2" => Murmur2,
        _ => throw new ArgumentException($"Unknown partitioner '{name}'; known are 'fnv1a' (goka's) and 'murmur2' (Java's).", nameof(name)),
    };

    sealed class Fnv1aPartitioner : IPartitioner
    {
        public string Name => "fnv1a";

        public int Partition(ReadOnlySpan<byte> key, int partitions)
        {
            var hash = 2166136261u;
            foreach (var b in key)
                hash = (hash ^ b) * 16777619u;
            return (int)(Math.Abs((long)(int)hash) % partitions);
        }
    }

    sealed class Murmur2Partitioner : IPartitioner
    {
        const uint Seed = 0x9747b28c;
        const uint M = 0x5bd1e995;

        public string Name => "murmur2";

        public int Partition(ReadOnlySpan<byte> key, int partitions) => (int)(Hash(key) & 0x7fffffff) % partitions;

        static uint Hash(ReadOnlySpan<byte> data)
        {
            var hash = Seed ^ (uint)data.Length;
            while (data.Length >= 4)
            {
                var word = BinaryPrimitives.ReadUInt32LittleEndian(data) * M;
                hash = (hash * M) ^ ((word ^ (word >> 24)) * M);
                data = data[4..];
            }

            if (data.Length > 0)
            {
                if (data.Length > 2)
                    hash ^= (uint)data[2] << 16;
                if (data.Length > 1)
                    hash ^= (uint)data[1] << 8;
                hash = (hash ^ data[0]) * M;
            }

            hash = (hash ^ (hash >> 13)) * M;
            return hash ^ (hash >> 15);
        }
    }
}
