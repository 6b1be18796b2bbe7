using Akka.Actor;
using GokaAkka.Kafka.Confluent;

namespace GokaAkka.Kafka.Streams;

/// <summary>Table readers on Akka.Streams.Kafka, where that package can be had.</summary>
static class TableStreams
{
    /// <summary>Readers whose streams run in an actor system.</summary>
    public static TableReaderFactory In(ActorSystem system) => (config, where) => new StreamsTableReader(system, config, where);
}
