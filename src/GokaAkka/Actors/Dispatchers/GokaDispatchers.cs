using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace GokaAkka.Actors.Dispatchers;

/// <summary>The dispatchers of this library. Akka.NET finds none of a configuration that comes after the system's start, as ours does: they are made known to it.</summary>
static class GokaDispatchers
{
    /// <summary>What partitions and their callbacks run on.</summary>
    public const string Partitions = "goka.dispatcher";

    public static void Register(ActorSystem system)
    {
        var dispatchers = system.Dispatchers;
        var config = ConfigurationFactory.ParseString($"id: {Partitions}").WithFallback(system.Settings.Config.GetConfig(Partitions)).WithFallback(dispatchers.DefaultDispatcherConfig);
        dispatchers.RegisterConfigurator(Partitions, new DispatcherConfigurator(config, dispatchers.Prerequisites));
    }
}
