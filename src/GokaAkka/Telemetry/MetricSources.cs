using System.Diagnostics.Metrics;
using GokaAkka.Actors;

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
    public IEnumerable<Measurement<T>> Inputs<T>(string? operation, Func<InputStatus, T?> figure) where T : struct =>
        from at in Present()
        from input in at.Partition.Inputs
        let value = figure(input)
        where value is not null
        select new Measurement<T>(
            value.Value, OfTopic(operation, at.Processor.Graph.Group, input.Topic, at.Partition.Partition));

    /// <summary>A figure of each partition.</summary>
    public IEnumerable<Measurement<long>> Partitions(Func<PartitionStatus, long> figure) =>
        from at in Present()
        select new Measurement<long>(
            figure(at.Partition), Tags.Of(Tags.Group, at.Processor.Graph.Group),
            Tags.Of(Tags.Partition, at.Partition.Partition));

    /// <summary>A figure of each topic that each partition writes to.</summary>
    public IEnumerable<Measurement<long>> Outputs(Func<OutputStatus, long> figure, string? operation = null) =>
        from at in Present()
        from output in at.Partition.Outputs
        select new Measurement<long>(figure(output),
        [
            Tags.Of(Tags.Group, at.Processor.Graph.Group), Tags.Of(Tags.Topic, output.Topic),
            Tags.Of(Tags.Partition, at.Partition.Partition), .. Operation(operation),
        ]);

    /// <summary>A figure of the changelog of each partition of a group table.</summary>
    public IEnumerable<Measurement<long>> Changelogs(Func<OutputStatus, long> figure) =>
        from at in Present()
        let table = at.Processor.Graph.GroupTable
        where table is not null
        let output = at.Partition.Outputs.FirstOrDefault(o => o.Topic == table)
        select new Measurement<long>(
            output is null ? 0 : figure(output),
            OfTopic(null, at.Processor.Graph.Group, table, at.Partition.Partition));

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
    public IEnumerable<Measurement<long>> PartitionStates() =>
        from processor in PresentProcessors
        from states in processor.Status.Partitions.Values.Select(static p => (p.Role, p.State)).CountBy(static p => p)
        where states.Key.State != PartitionState.Stopped
        select new Measurement<long>(
            states.Value, Tags.Of(Tags.Group, processor.Graph.Group), Tags.OfRole(states.Key.Role),
            Tags.OfState(states.Key.State));

    public IEnumerable<Measurement<long>> ProcessorStates() =>
        from processor in processors()
        let state = processor.State
        where state != ProcessorState.Stopped
        select new Measurement<long>(1, Tags.Of(Tags.Group, processor.Graph.Group), Tags.OfState(state));

    public IEnumerable<Measurement<long>> ViewStates() =>
        from view in views.WithFailed
        let state = view.Status.State
        where state != ViewState.Stopped
        select new Measurement<long>(1, [.. OfView(view), Tags.OfState(state)]);

    public IEnumerable<Measurement<long>> Rebalances() =>
        from processor in PresentProcessors
        from kind in Kinds
        select new Measurement<long>(
            processor.Status.Rebalances.Count(kind), Tags.Of(Tags.Group, processor.Graph.Group),
            Tags.Of(Tags.Rebalance, kind.ToString().ToLowerInvariant()));

    public IEnumerable<Measurement<long>> Troubles() =>
        from processor in PresentProcessors
        select new Measurement<long>(processor.Troubles.Count, Tags.Of(Tags.Group, processor.Graph.Group));

    public IEnumerable<Measurement<double>> PollAges() =>
        from processor in processors()
        let age = processor.PollAge
        where age is not null
        select new Measurement<double>(age.Value.TotalSeconds, Tags.Of(Tags.Group, processor.Graph.Group));

    /// <summary>A figure of the emitters of each topic.</summary>
    public IEnumerable<Measurement<long>> Emitters(Func<EmitterFigures, long> figure, string? operation = null) =>
        from emitter in _emitters.Values
        select new Measurement<long>(figure(emitter), [Tags.Of(Tags.Topic, emitter.Topic), .. Operation(operation)]);

    IEnumerable<Processor> PresentProcessors =>
        processors().Where(static p => p.State is not (ProcessorState.Stopped or ProcessorState.Failed));

    static KeyValuePair<string, object?>[] OfView(RunningView view) => view.LookedUpBy is { } group
        ? [Tags.Of(Tags.Group, group), Tags.Of(Tags.Topic, view.Table)]
        : [Tags.Of(Tags.Topic, view.Table)];

    static KeyValuePair<string, object?>[] OfTopic(string? operation, string group, string topic, int partition) =>
        [Tags.Of(Tags.Group, group), Tags.Of(Tags.Topic, topic), Tags.Of(Tags.TopicPartition, partition), .. Operation(operation)];

    // What the conventions require of their own metrics.
    static KeyValuePair<string, object?>[] Operation(string? name) =>
        name is null ? [] : [Tags.Of(Tags.Operation, name), Tags.Of(Tags.System, Tags.Kafka)];

    // Of what it keeps ready for others a node tells the tables alone: what else there is of it is past.
    IEnumerable<(Processor Processor, PartitionStatus Partition)> Present(bool withStandbys = false) =>
        from processor in PresentProcessors
        from partition in processor.Status.Partitions.Values
        where partition.State != PartitionState.Stopped && (withStandbys || partition.Role == PartitionRole.Active)
        select (processor, partition);
}
