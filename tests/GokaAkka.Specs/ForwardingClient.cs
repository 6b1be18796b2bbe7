namespace GokaAkka.Specs;

/// <summary>A cluster's client, whose calls a test watches, holds up or fails: those it overrides.</summary>
abstract class ForwardingClient(IKafkaClient inner) : IKafkaClient
{
    public virtual string Description => inner.Description;

    public virtual IGroupConsumer CreateGroupConsumer(GroupConsumerOptions options) => inner.CreateGroupConsumer(options);

    public virtual ITableReader CreateTableReader(TableReaderOptions options) => inner.CreateTableReader(options);

    public virtual IRecordProducer CreateProducer(ProducerOptions options) => inner.CreateProducer(options);

    public virtual ITopicManager CreateTopicManager() => inner.CreateTopicManager();
}
