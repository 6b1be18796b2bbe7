namespace GokaAkka.Specs;

/// <summary>A cluster some of whose calls a test holds up or fails.</summary>
sealed class TroubledClient(IKafkaClient inner) : IKafkaClient
{
    /// <summary>Called by each poll before it polls.</summary>
    public Action Polling { get; init; } = static () => { };

    /// <summary>Called before each question for offsets; throws to refuse it.</summary>
    public Func<object?> Offsets { get; init; } = static () => null;

    /// <summary>Called before each question for topics; throws to refuse it.</summary>
    public Func<object?> Describing { get; init; } = static () => null;

    public string Description => inner.Description;

    public IGroupConsumer CreateGroupConsumer(GroupConsumerOptions options) => new Consumer(inner.CreateGroupConsumer(options), Polling);

    public ITableReader CreateTableReader(TableReaderOptions options) => inner.CreateTableReader(options);

    public IRecordProducer CreateProducer(ProducerOptions options) => inner.CreateProducer(options);

    public ITopicManager CreateTopicManager() => new Topics(inner.CreateTopicManager(), Offsets, Describing);

    sealed class Consumer(IGroupConsumer inner, Action polling) : IGroupConsumer
    {
        public IGroupMembership Membership => inner.Membership;

        public int Generation => inner.Generation;

        public void Subscribe(IReadOnlyList<string> topics, IGroupEvents events) => inner.Subscribe(topics, events);

        public int Poll(TimeSpan timeout, int maxRecords, IRecordSink sink)
        {
            polling();
            return inner.Poll(timeout, maxRecords, sink);
        }

        public void Pause(IReadOnlyCollection<TopicPartition> partitions) => inner.Pause(partitions);

        public void Resume(IReadOnlyCollection<TopicPartition> partitions) => inner.Resume(partitions);

        public void Seek(TopicPartitionOffset position) => inner.Seek(position);

        public void Commit(IReadOnlyCollection<TopicPartitionOffset> offsets) => inner.Commit(offsets);

        public void CommitInBackground(IReadOnlyCollection<TopicPartitionOffset> offsets) => inner.CommitInBackground(offsets);

        public IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyCollection<TopicPartition> partitions, TimeSpan timeout) =>
            inner.Committed(partitions, timeout);

        public void Close() => inner.Close();

        public void Dispose() => inner.Dispose();
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
