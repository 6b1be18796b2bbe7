using Akka.Configuration;
using Akka.Dispatch;

namespace GokaAkka.Testing;

/// <summary>Hands what actors have to do to whoever drives them.</summary>
sealed class DrivenExecutor(string id, DrivenActors actors) : ExecutorService(id)
{
    public override void Execute(IRunnable run) => actors.Execute(run);

    public override void Shutdown()
    {
    }
}

/// <summary>Named in HOCON as a dispatcher's executor.</summary>
sealed class DrivenExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites) : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) => new DrivenExecutor(id, ((DrivenTimers)Prerequisites.Scheduler).Actors);
}
