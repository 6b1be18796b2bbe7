using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace GokaAkka.Testing;

/// <summary>
/// An actor system without threads and without a clock: whoever drives it runs what its actors have to do, in whatever order, and strikes their timers.
/// </summary>
abstract class DrivenActors
{
    const string Executor = """executor = "GokaAkka.Testing.DrivenExecutorConfigurator, GokaAkka.Testing", throughput = 1""";

    const string Hocon = $$"""
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          loggers = []
          logger-async-start = on
          log-dead-letters = off
          scheduler.implementation = "GokaAkka.Testing.DrivenTimers, GokaAkka.Testing"
          coordinated-shutdown {
            run-by-actor-system-terminate = off
            run-by-clr-shutdown-hook = off
          }
          actor {
            default-mailbox.mailbox-type = "GokaAkka.Testing.DrivenMailbox, GokaAkka.Testing"
            default-dispatcher { {{Executor}} }
            internal-dispatcher { {{Executor}} }
            default-blocking-io-dispatcher { {{Executor}} }
          }
        }
        goka.dispatcher { type = Dispatcher, {{Executor}} }
        """;

    // Read once, as it takes long.
    static readonly Config Config = ConfigurationFactory.ParseString(Hocon);

    // The system makes its timers by reflection, on this thread.
    [ThreadStatic]
    static DrivenActors? _making;

    protected DrivenActors()
    {
        _making = this;
        System = ActorSystem.Create("driven", Config);
        _making = null;
    }

    /// <summary>The system that is being made on this thread.</summary>
    public static DrivenActors Making => _making ?? throw new InvalidOperationException("Driven actors are made by DrivenActors alone.");

    public ActorSystem System { get; }

    /// <summary>An actor is ready to run.</summary>
    public abstract void Execute(IRunnable run);

    /// <summary>An actor is to be told something, once or again and again.</summary>
    public abstract void Schedule(
        TimeSpan delay, TimeSpan? interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable);

    /// <summary>A new actor's messages.</summary>
    public abstract UnboundedMessageQueue NewQueue(IActorRef? owner);
}

/// <summary>Makes mailboxes that know whose they are; named in HOCON.</summary>
sealed class DrivenMailbox(Settings settings, Config config) : MailboxType(settings, config), IProducesMessageQueue<UnboundedMessageQueue>
{
    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => ((DrivenTimers)system.Scheduler).Actors.NewQueue(owner);
}
