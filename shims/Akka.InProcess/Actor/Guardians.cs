using Akka.Dispatch;
using Akka.Event;

namespace Akka.Actor;

/// <summary>The tops of the hierarchy: the root with /user and /system. They stop in that order: user, system, root.</summary>
sealed class Guardians
{
    public Guardians(ActorSystemImpl system, ActorPath rootPath, Action terminated)
    {
        var dispatcher = system.DispatcherFactory.Lookup(DispatcherFactory.InternalId);
        var aboveRoot = new AboveRoot(system, terminated);
        Root = new LocalActorRef(system, Props.Create(() => new RootGuardian()), dispatcher, aboveRoot, rootPath);
        var strategy = SupervisorStrategyConfigurator.CreateConfigurator(system.Settings.SupervisorStrategyClass).Create();
        User = Add("user", Props.Create(() => new UserGuardian()).WithSupervisorStrategy(strategy));
        System = Add("system", Props.Create(() => new SystemGuardian(User)));

        LocalActorRef Add(string name, Props props) => Root.Cell.Children.Add(name, () =>
            new LocalActorRef(system, props.WithDispatcher(DispatcherFactory.InternalId), dispatcher, Root, rootPath / name));
    }

    public LocalActorRef Root { get; }

    public LocalActorRef User { get; }

    public LocalActorRef System { get; }

    public void Start()
    {
        Root.Start();
        System.Start();
        User.Start();
        Root.Tell(System, ActorRefs.NoSender);
    }

    /// <summary>The root's supervisor.</summary>
    sealed class AboveRoot(ActorSystemImpl system, Action terminated) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(system.Address, "bubble-walker");

        private protected override ActorSystemImpl SystemOfRef => system;

        private protected override void Receive(SystemMessage message)
        {
            switch (message)
            {
                case Failed failed:
                    system.Log.Error(failed.Cause, "guardian {0} failed, shutting down!", failed.Child);
                    ((LocalActorRef)failed.Child).Stop();
                    break;
                case DeathWatchNotification:
                    terminated();
                    break;
            }
        }
    }

    sealed class RootGuardian : ActorBase
    {
        protected override bool Receive(object message)
        {
            switch (message)
            {
                case IActorRef systemGuardian:
                    Context.Watch(systemGuardian);
                    return true;
                case Terminated:
                    Context.Stop(Self);
                    return true;
                case SelectionMessage selected:
                    new ActorSelection(Self, selected.Elements).Tell(selected.Message, Sender);
                    return true;
                default:
                    return false;
            }
        }

        // A guardian that fails, or passes on a failure, is stopped, and the system with it.
        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);
    }

    sealed class UserGuardian : ActorBase
    {
        protected override bool Receive(object message)
        {
            if (message is not StopChild stop)
                return false;
            Context.Stop(stop.Child);
            return true;
        }
    }

    sealed class SystemGuardian(IActorRef userGuardian) : ActorBase
    {
        protected override void PreStart() => Context.Watch(userGuardian);

        protected override bool Receive(object message)
        {
            switch (message)
            {
                case StopChild stop:
                    Context.Stop(stop.Child);
                    return true;
                case Terminated:
                    Context.System.EventStream.StopDefaultLoggers((ActorSystemImpl)Context.System);
                    Context.Stop(Self);
                    return true;
                default:
                    return false;
            }
        }
    }
}

sealed class StopChild(IActorRef child)
{
    public IActorRef Child { get; } = child;
}
