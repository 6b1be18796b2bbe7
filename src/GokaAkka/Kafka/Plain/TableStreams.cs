using Akka.Actor;
using Akka.Configuration;
using GokaAkka.Kafka.Confluent;

namespace GokaAkka.Kafka.Streams;

/// <summary>Table readers on Akka.Streams.Kafka, where that package cannot be had.</summary>
static class TableStreams
{
    /// <exception cref="ConfigurationException">Always.</exception>
    public static TableReaderFactory In(ActorSystem system) => throw new ConfigurationException(
        $"goka.kafka.table-reader is streams in system '{system.Name}', but this build has no Akka.Streams.Kafka: set it to consumer, or build GokaAkka "
        + "from package sources that carry it.");
}
