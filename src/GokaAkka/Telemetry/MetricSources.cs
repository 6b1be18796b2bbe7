using System.Diagnostics.Metrics;
using GokaAkka.Actors;
using GokaAkka.Tables;

namespace GokaAkka.Telemetry;

/// <summary>What a node's meter observes: figures with their attributes, taken from what runs at that moment. Safe for concurrent use.</summary>
/// <param name="processors">The node's processors, those that have failed among them.</param>
/// <param name="views">The node's views, those that processors look up among them.</param>
sealed class MetricSources(Func<IEnumerable<Processor>> processors, RunningViews views)
{
    static readonly RebalanceKind[] Kinds = Enum.GetValues<RebalanceKind>();

    readonly ConcurrentDictionary<string, EmitterFigures> _emitters = new();

    /// <summary>The figures of a topic's emitters, which outlive the emitters: what was sent stays sent.</summary>
    public EmitterFigures Emitter(string topic) => _emitters.GetOrAdd(topic, static t => new EmitterFigures(t));

    /// <summary>A figure of each input of each partition; those that are not known are left out.</summary>
    public IEnumerable<Measurement<T>> Inputs<T>(string? operation, Func<InputStatus, T?> figure) where T : struct
    {
        foreach (var (processor, partition) in Present())
        {
            foreach (var input in partition.Inputs)
            {
                if (figure(input) is { } value)
                    yield return new Measurement<T>(value, OfTopic(operation, processor.Graph.Group, input.Topic, partition.Partition));
            }
        }
    }

    /// <summary>A figure of each partition.</summary>
    public IEnumerable<Measurement<long>> Partitions(Func<PartitionStatus, long> figure)
    {
        foreach (var (processor, partition) in Present())
            yield return new Measurement<long>(figure(partition), Tags.Of(Tags.Group, processor.Graph.Group), Tags.Of(Tags.Partition, partition.Partition));
    }

    /// <summary>A figure of each topic that each partition writes to.</summary>
    public IEnumerable<Measurement<long>> Outputs(Func<OutputStatus, long> figure, string? operation = null)
    {
        foreach (var (processor, partition) in Present())
        {
            foreach (var output in partition.Outputs)
            {
                KeyValuePair<string, object?>[] tags =
                [
                    Tags.Of(Tags.Group, processor.Graph.Group), Tags.Of(Tags.Topic, output.Topic), Tags.Of(Tags.Partition, partition.Partition),
                    .. Operation(operation),
                ];
                yield return new Measurement<long>(figure(output), tags);
            }
        }
    }

    /// <summary>A figure of the changelog of each partition of a group table.</summary>
    public IEnumerable<Measurement<long>> Changelogs(Func<OutputStatus, long> figure)
    {
        foreach (var (processor, partition) in Present())
        {
            if (processor.Graph.GroupTable is not { } table)
                continue;
            var output = partition.Outputs.FirstOrDefault(o => o.Topic == table);
            yield return new Measurement<long>(output is null ? 0 : figure(output), OfTopic(null, processor.Graph.Group, table, partition.Partition));
        }
    }

    /// <summary>A figure of each partition of group tables and of views; a view that the application has started has no group.</summary>
    public IEnumerable<Measurement<long>> Tables(Func<PartitionStatus, PartitionTable?, long?> figure)
    {
        foreach (var (processor, partition) in Present(withStandbys: true))
        {
            if (processor.Graph.GroupTable is { } table && figure(partition, partition.Table) is { } value)
                yield return new Measurement<long>(value, [.. OfTopic(null, processor.Graph.Group, table, partition.Partition), Tags.OfRole(partition.Role)]);
        }

        foreach (var view in views.All)
        {
            foreach (var partition in view.Status.Partitions.Values)
            {
                if (figure(partition, partition.Table) is { } value)
                    yield return new Measurement<long>(value, [.. OfView(view), Tags.Of(Tags.TopicPartition, partition.Partition)]);
            }
        }
    }

    /// <summary>How many partitions a group has here, by what for and what they are at.</summary>
    public IEnumerable<Measurement<long>> PartitionStates()
    {
        foreach (var processor in processors())
        {
            if (!IsPresent(processor))
                continue;
            var partitions = processor.Status.Partitions.Values.Select(static p => (p.Role, p.State)).Where(static p => p.State != PartitionState.Stopped);
            foreach (var ((role, state), count) in partitions.CountBy(static p => p))
                yield return new Measurement<long>(count, Tags.Of(Tags.Group, processor.Graph.Group), Tags.OfRole(role), Tags.OfState(state));
        }
    }

    public IEnumerable<Measurement<long>> ProcessorStates()
    {
        foreach (var processor in processors())
        {
            if (processor.State is var state && state != ProcessorState.Stopped)
                yield return new Measurement<long>(1, Tags.Of(Tags.Group, processor.Graph.Group), Tags.OfState(state));
        }
    }

    public IEnumerable<Measurement<long>> ViewStates()
    {
        foreach (var view in views.WithFailed)
        {
            if (view.Status.State is var state && state != ViewState.Stopped)
                yield return new Measurement<long>(1, [.. OfView(view), Tags.OfState(state)]);
        }
    }

    public IEnumerable<Measurement<long>> Rebalances()
    {
        foreach (var processor in processors())
        {
            if (!IsPresent(processor))
                continue;
            foreach (var kind in Kinds)
            {
                yield return new Measurement<long>(
                    processor.Status.Rebalances.Count(kind), Tags.Of(Tags.Group, processor.Graph.Group), Tags.Of(Tags.Rebalance, kind.ToString().ToLowerInvariant()));
            }
        }
    }

    public IEnumerable<Measurement<long>> Troubles()
    {
        foreach (var processor in processors())
        {
            if (IsPresent(processor))
                yield return new Measurement<long>(processor.Troubles.Count, Tags.Of(Tags.Group, processor.Graph.Group));
        }
    }

    public IEnumerable<Measurement<double>> PollAges()
    {
        foreach (var processor in processors())
        {
            if (processor.PollAge is { } age)
                yield return new Measurement<double>(age.TotalSeconds, Tags.Of(Tags.Group, processor.Graph.Group));
        }
    }

    /// <summary>A figure of the emitters of each topic.</summary>
    public IEnumerable<Measurement<long>> Emitters(Func<EmitterFigures, long> figure, string? operation = null)
    {
        foreach (var emitter in _emitters.Values)
        {
            KeyValuePair<string, object?>[] tags = [Tags.Of(Tags.Topic, emitter.Topic), .. Operation(operation)];
            yield return new Measurement<long>(figure(emitter), tags);
        }
    }

    static bool IsPresent(Processor processor) => processor.State is not (ProcessorState.Stopped or ProcessorState.Failed);

    static KeyValuePair<string, object?>[] OfView(RunningView view) => view.LookedUpBy is { } group
        ? [Tags.Of(Tags.Group, group), Tags.Of(Tags.Topic, view.Table)]
        : [Tags.Of(Tags.Topic, view.Table)];

    static KeyValuePair<string, object?>[] OfTopic(string? operation, string group, string topic, int partition) =>
        [Tags.Of(Tags.Group, group), Tags.Of(Tags.Topic, topic), Tags.Of(Tags.TopicPartition, partition), .. Operation(operation)];

    // What the conventions require of their own metrics.
    static KeyValuePair<string, object?>[] Operation(string? name) =>
        name is null ? [] : [Tags.Of(Tags.Operation, name), Tags.Of(Tags.System, Tags.Kafka)];

    // Of what it keeps ready for others a node tells the tables alone: what else there is of it is past.
    IEnumerable<(Processor Processor, PartitionStatus Partition)> Present(bool withStandbys = false)
    {
        foreach (var processor in processors())
        {
            if (!IsPresent(processor))
                continue;
            foreach (var partition in processor.Status.Partitions.Values)
            {
                if (partition.State != PartitionState.Stopped && (withStandbys || partition.Role == PartitionRole.Active))
                    yield return (processor, partition);
            }
        }
    }
}
