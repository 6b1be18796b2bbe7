namespace GokaAkka.Specs.Clusters;

/// <summary>A client that can die with its process: from then on it polls no more, and takes no leave of its group.</summary>
sealed class MortalKafka(IKafkaClient inner) : IKafkaClient
{
    readonly ManualResetEventSlim _goesOn = new(true);
    volatile bool _isDead;
    int _polling;

    public string Description => inner.Description;

    /// <summary>Polls no more, as of the end of a poll that is going on.</summary>
    public void Die()
    {
        _isDead = true;
        _goesOn.Set();
        AwaitEndOfPoll();
    }

    /// <summary>Polls no more until <see cref="GoOn"/>, as if its thread hung.</summary>
    public void Hang()
    {
        _goesOn.Reset();
        AwaitEndOfPoll();
    }

    public void GoOn() => _goesOn.Set();

    void AwaitEndOfPoll() => SpinWait.SpinUntil(() => Volatile.Read(ref _polling) == 0, ClusterNodes.Patience).ShouldBeTrue("the poll that was going on has not ended");

    public IGroupConsumer CreateGroupConsumer(GroupConsumerOptions options) => new Consumer(inner.CreateGroupConsumer(options), this);

    public ITableReader CreateTableReader(TableReaderOptions options) => inner.CreateTableReader(options);

    public IRecordProducer CreateProducer(ProducerOptions options) => inner.CreateProducer(options);

    public ITopicManager CreateTopicManager() => inner.CreateTopicManager();

    sealed class Consumer(IGroupConsumer inner, MortalKafka owner) : IGroupConsumer
    {
        public IGroupMembership Membership => inner.Membership;

        public int Generation => inner.Generation;

        public void Subscribe(IReadOnlyList<string> topics, IGroupEvents events) => inner.Subscribe(topics, events);

        public int Poll(TimeSpan timeout, int maxRecords, IRecordSink sink)
        {
            Interlocked.Increment(ref owner._polling);
            try
            {
                // Asked again once the poll counts as begun: whoever waits for its end has changed that before.
                while (!owner._goesOn.IsSet)
                {
                    Interlocked.Decrement(ref owner._polling);
                    owner._goesOn.Wait();
                    Interlocked.Increment(ref owner._polling);
                }

                return owner._isDead
                    ? throw new KafkaFaultException("Dead", new KafkaFault("Dead", "the process has ended", FaultKind.Permanent))
                    : inner.Poll(timeout, maxRecords, sink);
            }
            finally
            {
                Interlocked.Decrement(ref owner._polling);
            }
        }

        public void Pause(IReadOnlyCollection<TopicPartition> partitions) => inner.Pause(partitions);

        public void Resume(IReadOnlyCollection<TopicPartition> partitions) => inner.Resume(partitions);

        public void Seek(TopicPartitionOffset position) => inner.Seek(position);

        public void Commit(IReadOnlyCollection<TopicPartitionOffset> offsets) => inner.Commit(offsets);

        public void CommitInBackground(IReadOnlyCollection<TopicPartitionOffset> offsets)
        {
            if (!owner._isDead)
                inner.CommitInBackground(offsets);
        }

        public IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyCollection<TopicPartition> partitions, TimeSpan timeout) =>
            inner.Committed(partitions, timeout);

        public void Close()
        {
            if (!owner._isDead)
                inner.Close();
        }

        public void Dispose() => inner.Dispose();
    }
}
