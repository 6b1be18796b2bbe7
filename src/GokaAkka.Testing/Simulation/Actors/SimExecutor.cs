using Akka.Configuration;
using Akka.Dispatch;

namespace GokaAkka.Testing.Simulation;

/// <summary>Hands what actors have to do to the world's scheduler.</summary>
sealed class SimExecutor(string id, SimActors actors) : ExecutorService(id)
{
    public override void Execute(IRunnable run) => actors.Execute(run);

    public override void Shutdown()
    {
    }
}

/// <summary>Named in HOCON as a dispatcher's executor.</summary>
sealed class SimExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites) : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) => new SimExecutor(id, ((SimTimers)Prerequisites.Scheduler).Actors);
}
