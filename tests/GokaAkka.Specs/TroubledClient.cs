using GokaAkka.Testing.Tests;

namespace GokaAkka.Specs;

/// <summary>A cluster some of whose calls a test holds up or fails.</summary>
sealed class TroubledClient(IKafkaClient inner) : ForwardingClient(inner)
{
    /// <summary>Called by each poll before it polls.</summary>
    public Action Polling { get; init; } = static () => { };

    /// <summary>Called before each question for offsets; throws to refuse it.</summary>
    public Func<object?> Offsets { get; init; } = static () => null;

    /// <summary>Called before each question for topics; throws to refuse it.</summary>
    public Func<object?> Describing { get; init; } = static () => null;

    public override IGroupConsumer CreateGroupConsumer(GroupConsumerOptions options) => new Polled(base.CreateGroupConsumer(options), Polling);

    public override ITopicManager CreateTopicManager() => new Topics(base.CreateTopicManager(), Offsets, Describing);

    sealed class Polled(IGroupConsumer inner, Action polling) : ForwardingConsumer(inner)
    {
        public override int Poll(TimeSpan timeout, int maxRecords, IRecordSink sink)
        {
            polling();
            return base.Poll(timeout, maxRecords, sink);
        }
    }

    sealed class Topics(ITopicManager inner, Func<object?> offsets, Func<object?> describing) : ITopicManager
    {
        public Task<IReadOnlyDictionary<string, TopicDescription>> Describe(IReadOnlyCollection<string> topics, CancellationToken cancellation = default)
        {
            describing();
            return inner.Describe(topics, cancellation);
        }

        public Task Create(TopicSpec topic, CancellationToken cancellation = default) => inner.Create(topic, cancellation);

        public Task<OffsetRange> Offsets(string topic, int partition, CancellationToken cancellation = default)
        {
            offsets();
            return inner.Offsets(topic, partition, cancellation);
        }

        public Task<long> OffsetAt(string topic, int partition, DateTimeOffset time, CancellationToken cancellation = default) =>
            inner.OffsetAt(topic, partition, time, cancellation);

        public void Dispose() => inner.Dispose();
    }
}
