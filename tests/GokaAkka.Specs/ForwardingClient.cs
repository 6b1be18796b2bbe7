namespace GokaAkka.Specs;

/// <summary>A cluster's client, whose parts a test watches, holds up or fails: those it overrides, or all as they are made.</summary>
abstract class ForwardingClient(IKafkaClient inner) : IKafkaClient
{
    public string Description => inner.Description;

    public virtual IGroupConsumer CreateGroupConsumer(GroupConsumerOptions options) => Make(options.ClientId, () => inner.CreateGroupConsumer(options));

    public virtual ITableReader CreateTableReader(TableReaderOptions options) => Make(options.ClientId, () => inner.CreateTableReader(options));

    public virtual IRecordProducer CreateProducer(ProducerOptions options) => Make(options.ClientId, () => inner.CreateProducer(options));

    public virtual ITopicManager CreateTopicManager() => Make("", inner.CreateTopicManager);

    /// <summary>Makes a part.</summary>
    /// <param name="name">The part's client id; empty for a topic manager, which has none.</param>
    /// <param name="make">Makes it.</param>
    protected virtual T Make<T>(string name, Func<T> make) => make();
}
