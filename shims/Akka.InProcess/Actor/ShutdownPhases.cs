using Akka.Configuration;

namespace Akka.Actor;

sealed record ShutdownPhase(IReadOnlyList<string> DependsOn, TimeSpan Timeout, bool Recover);

/// <summary>The phases of the configuration, in the order that their dependencies give.</summary>
sealed class ShutdownPhases
{
    readonly Dictionary<string, ShutdownPhase> _phases = new();

    public ShutdownPhases(Config config)
    {
        var defaults = ConfigurationFactory.ParseString(
            $"timeout = \"{config.GetString("default-phase-timeout")}\"\n recover = true\n depends-on = []");
        var phases = config.GetConfig("phases");
        foreach (var name in phases.Root.GetObject().Items.Keys)
        {
            var phase = phases.GetConfig($"\"{name}\"").WithFallback(defaults);
            _phases.Add(name, new ShutdownPhase([.. phase.GetStringList("depends-on")], phase.GetTimeSpan("timeout", null, allowInfinite: false),
                phase.GetBoolean("recover")));
        }
        Known = [.. _phases.Keys.Concat(_phases.Values.SelectMany(phase => phase.DependsOn))];
        InOrder = Sort();
    }

    public HashSet<string> Known { get; }

    public IReadOnlyList<string> InOrder { get; }

    public ShutdownPhase Find(string name) => _phases.GetValueOrDefault(name);

    List<string> Sort()
    {
        var sorted = new List<string>();
        var open = new HashSet<string>();
        foreach (var name in Known)
            Visit(name);
        return sorted;

        void Visit(string name)
        {
            if (sorted.Contains(name))
                return;
            if (!open.Add(name))
                throw new ArgumentException($"Cycle detected in graph of phases. It must be a DAG. Phase [{name}] depends transitively on itself.");
            foreach (var before in Find(name)?.DependsOn ?? [])
                Visit(before);
            open.Remove(name);
            sorted.Add(name);
        }
    }
}
