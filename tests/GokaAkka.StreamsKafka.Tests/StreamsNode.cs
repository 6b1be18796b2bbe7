using Akka.Actor;
using Akka.Configuration;

namespace GokaAkka.StreamsKafka.Tests;

/// <summary>An embedded broker, and an actor system whose configuration has tables read by streams.</summary>
public sealed class StreamsNode : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public StreamsNode() : this("")
    {
    }

    internal StreamsNode(string hocon)
    {
        var provider = typeof(StreamsTableReaderProvider);
        System = ActorSystem.Create("streams", ConfigurationFactory.ParseString(hocon).WithFallback(ConfigurationFactory.ParseString($$"""
            akka { stdout-loglevel = OFF, loggers = [] }
            goka.kafka {
              bootstrap-servers = "{{Broker.BootstrapServers}}"
              embedded-control = "{{Broker.ControlAddress}}"
              table-reader = "{{provider.FullName}}, {{provider.Assembly.GetName().Name}}"
              client { reconnect.backoff.ms = 20, reconnect.backoff.max.ms = 200 }
              table-consumer.fetch.wait.max.ms = 10
              producer.linger.ms = 1
            }
            """)));
        Goka = Goka.Get(System, new GokaOptions { Storage = new MemoryStorageProvider() });
    }

    public EmbeddedBroker Broker { get; } = EmbeddedBroker.Start();

    public ActorSystem System { get; }

    public Goka Goka { get; }

    public IKafkaClient Client => Goka.Kafka;

    /// <summary>How many actors there are at the top of the system: each stream has one there.</summary>
    public int Actors => Top.Count();

    IEnumerable<IActorRef> Top => ((ActorRefWithCell)((ExtendedActorSystem)System).Guardian).Children;

    /// <summary>Waits until no streams are left but those that were there before.</summary>
    public void AwaitActors(int before) =>
        SpinWait.SpinUntil(() => Actors == before, Patience).ShouldBeTrue($"{before} were there before, now there are {string.Join(", ", Top)}");

    public void Dispose()
    {
        CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance).Wait(Patience);
        Broker.Dispose();
    }
}
