using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace GokaAkka.Kafka.Native;

/// <summary>
/// Describes topics, in place of Confluent.Kafka's DescribeTopicsAsync (2.16). That fails on a partition that has no replica in sync, as while brokers come back: the
/// call then never ends, and the client's queue is destroyed and, when the client is disposed, destroyed once more, which ends the process some day.
/// </summary>
static unsafe class NativeTopics
{
    // The client ends the call itself when its time is over; this is for one that does not.
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Asks the brokers, on this thread.</summary>
    /// <exception cref="KafkaException">They have not answered in time.</exception>
    public static List<Described> Describe(IClient client, IEnumerable<string> topics, TimeSpan timeout)
    {
        var names = topics.Distinct().ToArray();
        var handle = NativeClient.Of(client);
        var queue = TopicsApi.NewQueue(handle);
        var options = TopicsApi.NewOptions(handle, TopicsApi.DescribeTopicsOperation);
        var asked = TopicsApi.NewTopics(names, (nuint)names.Length);
        try
        {
            _ = TopicsApi.SetTimeout(options, (int)timeout.TotalMilliseconds, null, 0);
            TopicsApi.Describe(handle, asked, options, queue);
            var answer = TopicsApi.Poll(queue, (int)(timeout + Grace).TotalMilliseconds);
            if (answer == 0)
                throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "the client has not ended the question"));
            try
            {
                return Read(answer);
            }
            finally
            {
                TopicsApi.DestroyEvent(answer);
            }
        }
        finally
        {
            TopicsApi.DestroyTopics(asked);
            TopicsApi.DestroyOptions(options);
            ConsumeApi.DestroyQueue(queue);
        }
    }

    static List<Described> Read(nint answer)
    {
        if (TopicsApi.EventError(answer) is var failed and not 0)
            throw new KafkaException(new Error((ErrorCode)failed, Marshal.PtrToStringUTF8(TopicsApi.EventErrorText(answer))));
        var topics = TopicsApi.Topics(TopicsApi.Result(answer), out var count);
        var found = new List<Described>((int)count);
        for (var i = 0; i < (int)count; i++)
        {
            var partitions = TopicsApi.Partitions(topics[i], out var partitionCount);
            var replicas = int.MaxValue;
            for (var p = 0; p < (int)partitionCount; p++)
            {
                _ = TopicsApi.Replicas(partitions[p], out var replicaCount);
                replicas = Math.Min(replicas, (int)replicaCount);
            }

            var error = TopicsApi.Error(topics[i]);
            found.Add(new Described(
                Marshal.PtrToStringUTF8(TopicsApi.Name(topics[i]))!,
                error == 0 ? new Error(ErrorCode.NoError) : new Error((ErrorCode)NativeApi.CodeOf(error), Marshal.PtrToStringUTF8(NativeApi.ErrorString(error))),
                (int)partitionCount, replicas, TopicsApi.Id(topics[i]) is var id and not 0 ? Marshal.PtrToStringUTF8(TopicsApi.IdText(id)) : null));
        }

        return found;
    }

    /// <summary>A topic.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Error">Why nothing is known of it.</param>
    /// <param name="Partitions">How many it has.</param>
    /// <param name="Replicas">The fewest that one of them has.</param>
    /// <param name="Id">Its id; null where the brokers do not tell.</param>
    public readonly record struct Described(string Name, Error Error, int Partitions, int Replicas, string? Id);
}
