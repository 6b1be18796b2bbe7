using Akka.Actor;
using GokaAkka.Kafka;
using GokaAkka.Kafka.Confluent;

namespace GokaAkka.Actors;

/// <summary>Makes the client of the cluster that the configuration names.</summary>
static class KafkaClients
{
    public static IKafkaClient Create(KafkaSettings settings, ActorSystem system) =>
        new ConfluentKafkaClient(settings, null);
}
