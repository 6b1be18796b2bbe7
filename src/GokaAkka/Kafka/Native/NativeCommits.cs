using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace GokaAkka.Kafka.Native;

/// <summary>A consumer's commits with their metadata, which Confluent.Kafka (2.16) neither sends nor tells. On the consumer's thread.</summary>
static unsafe partial class NativeCommits
{
    static NativeCommits() => NativeApi.EnsureResolved();

    /// <summary>Commits and waits for the answer.</summary>
    /// <exception cref="KafkaException">One of them is not committed.</exception>
    public static void Commit(IClient consumer, IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        var client = NativeClient.Of(consumer);
        using var list = new NativePartitions(client, offsets);
        Check(Commit(client, list.List, 0), list);
    }

    /// <summary>Has the client commit them with its next commit.</summary>
    /// <returns>Those that it takes: of partitions that are assigned.</returns>
    public static IEnumerable<TopicPartitionOffset> Store(IClient consumer, IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        var client = NativeClient.Of(consumer);
        using var list = new NativePartitions(client, offsets);
        _ = Store(client, list.List);
        var elements = list.Elements;
        var taken = new List<TopicPartitionOffset>(elements.Length);
        foreach (var element in elements)
        {
            if (element.Error == 0)
                taken.Add(element.Committed());
            else if ((ErrorCode)element.Error is not (ErrorCode.Local_State or ErrorCode.Local_UnknownPartition))
                throw new KafkaException((ErrorCode)element.Error);
        }

        return taken;
    }

    /// <summary>Asks for the group's commits.</summary>
    /// <exception cref="KafkaException">No answer in time.</exception>
    public static IReadOnlyList<TopicPartitionOffset> Committed(IClient consumer, IReadOnlyCollection<TopicPartition> partitions, TimeSpan timeout)
    {
        using var list = new NativePartitions(partitions.Count);
        foreach (var partition in partitions)
            list.Add(partition.Topic, partition.Partition, 0);
        Check(Committed(NativeClient.Of(consumer), list.List, (int)timeout.TotalMilliseconds), list);
        var found = new List<TopicPartitionOffset>(partitions.Count);
        foreach (var element in list.Elements)
        {
            if (element.Offset >= 0)
                found.Add(element.Committed());
        }

        return found;
    }

    static void Check(int error, NativePartitions list)
    {
        foreach (var element in list.Elements)
            error = error == 0 ? element.Error : error;
        if (error != 0)
            throw new KafkaException((ErrorCode)error);
    }

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_commit")]
    private static partial int Commit(nint client, nint offsets, int isAsync);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_offsets_store")]
    private static partial int Store(nint client, nint offsets);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_committed")]
    private static partial int Committed(nint client, nint partitions, int timeoutMs);
}
