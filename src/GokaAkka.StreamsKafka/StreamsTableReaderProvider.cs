using Akka.Actor;
using Akka.Streams.Kafka.Settings;
using GokaAkka.Kafka;

namespace GokaAkka.StreamsKafka;

/// <summary>
/// Reads tables with Akka.Streams.Kafka, for
/// <c>goka.kafka.table-reader = "GokaAkka.StreamsKafka.StreamsTableReaderProvider, GokaAkka.StreamsKafka"</c>.
/// </summary>
public sealed class StreamsTableReaderProvider : ITableReaderProvider
{
    readonly ActorSystem _system;

    /// <summary>A provider of readers whose streams run in an actor system, set up by its <c>akka.kafka.consumer</c>.</summary>
    public StreamsTableReaderProvider(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        system.Settings.InjectTopLevelFallback(KafkaExtensions.DefaultSettings);
        _system = system;
    }

    /// <inheritdoc/>
    public ITableReader Create(IReadOnlyDictionary<string, string> settings, string where) => new StreamsTableReader(_system, settings, where);
}
