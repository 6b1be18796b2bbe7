namespace GokaAkka.Kafka;

/// <summary>Maps keys to partitions. Pure and safe for concurrent use. goka's hasher, as a whole step.</summary>
public interface IPartitioner
{
    /// <summary>Its name in HOCON.</summary>
    string Name { get; }

    /// <summary>The partition of a key among <paramref name="partitions"/>, 0 to partitions - 1.</summary>
    int Partition(ReadOnlySpan<byte> key, int partitions);
}
