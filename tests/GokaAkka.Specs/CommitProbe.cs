namespace GokaAkka.Specs;

/// <summary>A Kafka that tells of every transaction that a producer asks it to commit.</summary>
sealed class CommitProbe(IKafkaClient kafka, IActorRef told) : ForwardingClient(kafka)
{
    /// <summary>Called with each producer whose transactions are initialised, before it says so.</summary>
    public Action Initialised { get; init; } = static () => { };

    public override IRecordProducer CreateProducer(ProducerOptions options) => new Producer(base.CreateProducer(options), told, Initialised);

    sealed class Producer(IRecordProducer producer, IActorRef told, Action initialised) : IRecordProducer
    {
        public event Action<KafkaFault>? Failed
        {
            add => producer.Failed += value;
            remove => producer.Failed -= value;
        }

        public void CommitTransaction(TimeSpan timeout)
        {
            producer.CommitTransaction(timeout);
            told.Tell("commit");
        }

        public void Send(
            string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
            IDeliveryListener? listener, int token) => producer.Send(topic, partition, key, value, valueIsNull, headers, timestamp, listener, token);

        public bool Flush(TimeSpan timeout) => producer.Flush(timeout);

        public void InitTransactions(TimeSpan timeout)
        {
            producer.InitTransactions(timeout);
            initialised();
        }

        public void BeginTransaction() => producer.BeginTransaction();

        public void SendOffsetsToTransaction(IReadOnlyCollection<TopicPartitionOffset> offsets, IGroupMembership membership, TimeSpan timeout) =>
            producer.SendOffsetsToTransaction(offsets, membership, timeout);

        public void AbortTransaction(TimeSpan timeout) => producer.AbortTransaction(timeout);

        public void Dispose() => producer.Dispose();
    }
}
