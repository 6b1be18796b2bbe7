// What the package uses of Akka.Streams.Kafka, with the names and signatures that it has there. No more than that is declared.
using Akka.Actor;
using Akka.Configuration;
using Akka.Streams.Dsl;
using Akka.Streams.Kafka.Helpers;
using Akka.Streams.Kafka.Settings;
using Confluent.Kafka;
using TopicPartitionOffset = Confluent.Kafka.TopicPartitionOffset;

namespace Akka.Streams.Kafka.Dsl
{
    public static class KafkaConsumer
    {
        public static Source<ConsumeResult<K, V>, IControl> PlainSource<K, V>(ConsumerSettings<K, V> settings, ISubscription subscription) =>
            Source.FromGraph(new ConsumerStage<K, V>(settings, ((Assignment)subscription).Partitions));
    }
}

namespace Akka.Streams.Kafka.Helpers
{
    /// <summary>What a source materializes to; nothing of it is used.</summary>
    public interface IControl;
}

namespace Akka.Streams.Kafka.Settings
{
    public static class KafkaExtensions
    {
        public static Akka.Configuration.Config DefaultSettings => ConfigurationFactory.ParseString("akka.kafka.consumer.poll-interval = 5ms");
    }

    public interface ISubscription;

    public interface IManualSubscription : ISubscription;

    public static class Subscriptions
    {
        public static IManualSubscription AssignmentWithOffset(params TopicPartitionOffset[] topicPartitions) => new Assignment(topicPartitions);
    }

    sealed record Assignment(TopicPartitionOffset[] Partitions) : IManualSubscription;

    public sealed record ConsumerSettings<TKey, TValue>
    {
        ConsumerSettings(TimeSpan pollInterval) => PollInterval = pollInterval;

        public TimeSpan PollInterval { get; }

        public Func<ConsumerSettings<TKey, TValue>, IConsumer<TKey, TValue>>? ConsumerFactory { get; private init; }

        public static ConsumerSettings<TKey, TValue> Create(
            ActorSystem system, IDeserializer<TKey> keyDeserializer, IDeserializer<TValue> valueDeserializer) =>
            new(system.Settings.Config.GetConfig("akka.kafka.consumer").GetTimeSpan("poll-interval"));

        public ConsumerSettings<TKey, TValue> WithConsumerFactory(
            Func<ConsumerSettings<TKey, TValue>, IConsumer<TKey, TValue>> consumerFactory) => this with { ConsumerFactory = consumerFactory };
    }
}
