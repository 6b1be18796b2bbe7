namespace GokaAkka.Specs;

/// <summary>A cluster some of whose calls a test holds up or fails.</summary>
sealed class TroubledClient(IKafkaClient inner) : ForwardingClient(inner)
{
    /// <summary>Called by each poll before it polls.</summary>
    public Action Polling { get; init; } = static () => { };

    /// <summary>Called before each question for offsets; throws to refuse it.</summary>
    public Func<object?> Offsets { get; init; } = static () => null;

    /// <summary>Called with each question for offsets that was answered: the asker gets the answer when the task ends.</summary>
    public Func<Task> OffsetsFound { get; init; } = static () => Task.CompletedTask;

    /// <summary>Called before each question for topics; throws to refuse it.</summary>
    public Func<object?> Describing { get; init; } = static () => null;

    public override IGroupConsumer CreateGroupConsumer(GroupConsumerOptions options) => new Polled(base.CreateGroupConsumer(options), Polling);

    public override ITopicManager CreateTopicManager() => new Topics(base.CreateTopicManager(), this);

    sealed class Polled(IGroupConsumer inner, Action polling) : ForwardingConsumer(inner)
    {
        public override int Poll(TimeSpan timeout, int maxRecords, IRecordSink sink)
        {
            polling();
            return base.Poll(timeout, maxRecords, sink);
        }
    }

    sealed class Topics(ITopicManager inner, TroubledClient troubles) : ITopicManager
    {
        public Task<IReadOnlyDictionary<string, TopicDescription>> Describe(IReadOnlyCollection<string> topics, CancellationToken cancellation = default)
        {
            troubles.Describing();
            return inner.Describe(topics, cancellation);
        }

        public Task Create(TopicSpec topic, CancellationToken cancellation = default) => inner.Create(topic, cancellation);

        public async Task<OffsetRange> Offsets(string topic, int partition, CancellationToken cancellation = default)
        {
            troubles.Offsets();
            var found = await inner.Offsets(topic, partition, cancellation);
            await troubles.OffsetsFound();
            return found;
        }

        public Task<long> OffsetAt(string topic, int partition, DateTimeOffset time, CancellationToken cancellation = default) =>
            inner.OffsetAt(topic, partition, time, cancellation);

        public void Dispose() => inner.Dispose();
    }
}
