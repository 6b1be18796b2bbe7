using Akka.Configuration;
using Akka.Dispatch;

namespace GokaAkka.Actors.Dispatchers;

/// <summary>Makes the threads of a dispatcher; named in HOCON as its <c>executor</c>.</summary>
/// <param name="config">The dispatcher's section: <c>max-threads</c> is how many there are at most.</param>
/// <param name="prerequisites">What Akka.NET gives every executor.</param>
public sealed class ParkingExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites) : ExecutorServiceConfigurator(config, prerequisites)
{
    /// <inheritdoc/>
    public override ExecutorService Produce(string id) => new ParkingExecutor(id, Environment.ProcessorCount, Config.GetInt("max-threads"));
}
