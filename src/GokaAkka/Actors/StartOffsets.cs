using GokaAkka.Graph;
using GokaAkka.Kafka;

namespace GokaAkka.Actors;

/// <summary>
/// Where inputs start that ask for another place than the processor's: only partitions without a committed offset are concerned. Called on
/// the polling thread while it is given partitions, which waits for the answers: without them nothing can be read.
/// </summary>
sealed class StartOffsets
{
    readonly Dictionary<string, StartAt> _starts = [];
    readonly IGroupConsumer _consumer;
    readonly ITopicManager _topics;
    readonly TimeSpan _timeout;
    readonly Persistence _persistence;
    readonly CancellationToken _stop;

    public StartOffsets(
        IEnumerable<Edge> inputs, IGroupConsumer consumer, ITopicManager topics, GokaSettings settings, Persistence persistence, CancellationToken stop)
    {
        _persistence = persistence;
        _stop = stop;
        _consumer = consumer;
        _topics = topics;
        _timeout = settings.Kafka.ConnectTimeout;
        foreach (var input in inputs)
        {
            if ((input as IInputOptions)?.Options.Start is { } start)
                _starts[input.Topic] = start;
        }
    }

    public bool IsNeeded => _starts.Count > 0;

    public IReadOnlyList<TopicPartitionOffset> Find(IReadOnlyList<TopicPartition> partitions)
    {
        var concerned = partitions.Where(p => _starts.ContainsKey(p.Topic)).ToList();
        if (concerned.Count == 0)
            return [];
        while (true)
        {
            try
            {
                var found = Ask(concerned);
                _persistence.Succeeded();
                return found;
            }
            catch (KafkaFaultException e) when (e.Fault.Kind == FaultKind.Retriable)
            {
                // Leaving the group: nothing will be read, wherever it would start.
                if (_stop.WaitHandle.WaitOne(_persistence.Failed(e)))
                    return [];
            }
        }
    }

    List<TopicPartitionOffset> Ask(List<TopicPartition> concerned)
    {
        var committed = _consumer.Committed(concerned, _timeout).Select(o => new TopicPartition(o.Topic, o.Partition)).ToHashSet();
        return [.. concerned.Where(p => !committed.Contains(p)).Select(p => new TopicPartitionOffset(p.Topic, p.Partition, Find(p)))];
    }

    long Find(TopicPartition partition)
    {
        var start = _starts[partition.Topic];
        if (start.Time is { } time)
            return Wait(_topics.OffsetAt(partition.Topic, partition.Partition, time));
        var range = Wait(_topics.Offsets(partition.Topic, partition.Partition));
        return start.IsLatest ? range.High : range.Low;
    }

    static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
