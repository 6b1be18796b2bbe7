using GokaAkka.Actors;
using GokaAkka.Graph;
using GokaAkka.Inspection;

namespace GokaAkka.Hosting;

/// <summary>A processor that a host runs.</summary>
sealed class ProcessorPart<TState>(string group, Func<IServiceProvider, GroupGraph<TState>> graph, ProcessorOptions? options)
    : Part<Processor<TState>>("processor", group)
{
    public override bool IsProcessor => true;

    protected override RunningPart<Processor<TState>> Run(IServiceProvider services, Goka goka)
    {
        var made = graph(services);
        return made.Group == Key
            ? new Running(goka.Process(made, options))
            : throw new InvalidOperationException($"The graph of the {this} is for group '{made.Group}': expected '{Key}', as given to AddProcessor.");
    }

    sealed class Running(Processor<TState> processor) : RunningPart<Processor<TState>>(processor)
    {
        public override Task Ended => Instance.Done;

        public override bool IsProcessor => true;

        public override Task Stop() => Instance.Stop();

        public override PartHealth Live(Goka goka) => ProcessorHealth.Live(Instance, goka.Settings.Processor);

        public override PartHealth Ready() => ProcessorHealth.Ready(Instance);
    }
}
