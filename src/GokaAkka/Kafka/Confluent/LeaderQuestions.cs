using System.Diagnostics;
using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// Asks the leaders of partitions where those end, by a consumer's connections. A question keeps the consumer alive while it lasts. Safe for
/// concurrent use.
/// </summary>
/// <param name="ask">The consumer's <c>OffsetsForTimes</c>.</param>
/// <param name="where">Where the cluster is, for messages.</param>
/// <param name="owner">Whose disposal <see cref="Close"/> is a part of.</param>
sealed class LeaderQuestions(
    Func<IEnumerable<TopicPartitionTimestamp>, TimeSpan, List<global::Confluent.Kafka.TopicPartitionOffset>> ask, string where, object owner)
{
    static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(2);

    // The time that stands for the end of a partition in Kafka's protocol.
    static readonly Timestamp End = new(-1, TimestampType.CreateTime);

    readonly CallGate _gate = new();

    /// <inheritdoc cref="ITableReader.Ends"/>
    public Task<IReadOnlyList<long>> Ends(string topic, int partitions, TimeSpan timeout) => Task.Run<IReadOnlyList<long>>(() =>
    {
        _gate.Enter(owner);
        try
        {
            var asked = Enumerable.Range(0, partitions).Select(p => new TopicPartitionTimestamp(topic, p, End)).ToList();
            return [.. Ask(asked, timeout).OrderBy(static p => p.Partition.Value).Select(static p => p.Offset.Value)];
        }
        catch (KafkaException e)
        {
            throw Faults.OfLeaders($"Asking where the partitions of {topic} end was not answered ({where})", e);
        }
        finally
        {
            _gate.Leave();
        }
    });

    /// <summary>
    /// Has the client learn who leads a partition, on the thread that owns the client: without knowing, it waits half a second before it asks for
    /// an offset again. What is really wrong will be told by reading.
    /// </summary>
    public void Learn(TopicPartition id)
    {
        try
        {
            ask([new TopicPartitionTimestamp(id.Topic, id.Partition, End)], LongestCall);
        }
        catch (KafkaException)
        {
            // It is a matter of half a second.
        }
    }

    /// <summary>Gives questions up and waits for the call that is under way.</summary>
    public void Close() => _gate.Close();

    List<global::Confluent.Kafka.TopicPartitionOffset> Ask(List<TopicPartitionTimestamp> what, TimeSpan timeout)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            var left = timeout - Stopwatch.GetElapsedTime(began);
            try
            {
                return ask(what, left < LongestCall ? left : LongestCall);
            }
            catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_TimedOut && left > LongestCall && !_gate.IsClosed)
            {
                // Asked again, and not in one long call: the client cannot be closed during one.
            }
        }
    }
}
