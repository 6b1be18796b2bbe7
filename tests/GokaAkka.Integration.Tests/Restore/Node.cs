using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace GokaAkka.Integration.Tests.Restore;

/// <summary>An actor system with GokaAkka on an embedded broker, as a program would have it, whose log lines can be looked at.</summary>
sealed class Node : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly ActorSystem _system;
    readonly ConcurrentQueue<string> _log = new();

    public Node(EmbeddedBroker broker, IStorageProvider storage, string hocon = "")
        : this(storage, $$"""
            goka.kafka {
              bootstrap-servers = "{{broker.BootstrapServers}}"
              embedded-control = "{{broker.ControlAddress}}"
              # A connection that the embedded broker has taken while it goes down is never answered: what is asked on it is asked again.
              client.socket.timeout.ms = 5000
              consumer { session.timeout.ms = {{Clients.Session}}, heartbeat.interval.ms = {{Clients.Heartbeat}}, fetch.wait.max.ms = 10 }
              table-consumer.fetch.wait.max.ms = 10
            }
            {{hocon}}
            """)
    {
    }

    /// <param name="storage">Its stores.</param>
    /// <param name="hocon">Where its brokers are, and what else it is to know.</param>
    public Node(IStorageProvider storage, string hocon)
    {
        _system = ActorSystem.Create("node", ConfigurationFactory.ParseString(hocon).WithFallback(
            ConfigurationFactory.ParseString("akka { loglevel = INFO, stdout-loglevel = OFF, loggers = [] }")));
        _system.EventStream.Subscribe(_system.ActorOf(Props.Create(() => new Listener(_log))), typeof(LogEvent));
        Goka = Goka.Get(_system, new GokaOptions { Storage = storage });
    }

    public Goka Goka { get; }

    /// <summary>Everything logged so far, at level INFO and above.</summary>
    public IReadOnlyCollection<string> Log => _log;

    public async ValueTask DisposeAsync()
    {
        await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience);
        await _system.WhenTerminated.WaitAsync(Patience);
    }

    sealed class Listener : ReceiveActor
    {
        public Listener(ConcurrentQueue<string> log) => Receive<LogEvent>(e => log.Enqueue(e.Message.ToString()!));
    }
}
