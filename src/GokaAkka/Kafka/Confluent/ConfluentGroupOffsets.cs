using System.Diagnostics;
using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// Offsets of groups on Confluent.Kafka's consumer, which does not join: brokers take a commit of somebody who is no member only for a group that
/// has none. A client per question: tools ask seldom.
/// </summary>
sealed class ConfluentGroupOffsets(Func<string, Dictionary<string, string>> config, TimeSpan timeout, string where, ClientLog log) : IGroupOffsets
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public Task<IReadOnlyList<TopicPartitionOffset>> Committed(
        string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation) =>
        Call(group, $"Asking for the committed offsets of group '{group}' on {where} failed", consumer => Committed(consumer, partitions), cancellation);

    public Task Set(string group, IReadOnlyCollection<TopicPartitionOffset> offsets, CancellationToken cancellation) =>
        Call(
            group, $"Setting the offsets of group '{group}' on {where} failed (brokers refuse it while the group has members)",
            consumer =>
            {
                // Asked first, for this keeps to its time, and the commit waits for a coordinator as long as a session lasts.
                Committed(consumer, [.. offsets.Select(static o => new TopicPartition(o.Topic, o.Partition))]);
                consumer.Commit(offsets.Select(static o => new global::Confluent.Kafka.TopicPartitionOffset(o.Topic, o.Partition, o.Offset)));
                return true;
            },
            cancellation);

    IReadOnlyList<TopicPartitionOffset> Committed(IConsumer<Ignore, Ignore> consumer, IReadOnlyCollection<TopicPartition> partitions) =>
    [
        .. consumer.Committed(partitions.Select(static p => new global::Confluent.Kafka.TopicPartition(p.Topic, p.Partition)), timeout)
            .Where(static o => o.Offset.Value >= 0).Select(static o => new TopicPartitionOffset(o.Topic, o.Partition.Value, o.Offset.Value)),
    ];

    Task<T> Call<T>(string group, string what, Func<IConsumer<Ignore, Ignore>, T> ask, CancellationToken cancellation) => Task.Run(
        async () =>
        {
            using var consumer = new ConsumerBuilder<Ignore, Ignore>(config(group)).SetErrorHandler(static (_, _) => { }).SetLogHandler((_, line) => log.Add(line)).Build();
            for (var began = Stopwatch.GetTimestamp(); ;)
            {
                try
                {
                    return ask(consumer);
                }
                catch (KafkaException e)
                {
                    // A coordinator that has just been chosen, or that moves, is soon found.
                    if (Faults.From(e.Error).Kind != FaultKind.Retriable || Stopwatch.GetElapsedTime(began) > timeout)
                        throw Faults.Exception(what, e);
                }

                await Task.Delay(Pause, cancellation).ConfigureAwait(false);
            }
        },
        cancellation);
}
