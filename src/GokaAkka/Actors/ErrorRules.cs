using GokaAkka.Graph;
using GokaAkka.Processing;

namespace GokaAkka.Actors;

/// <summary>Which failures of a partition end the processor at once, without another try.</summary>
static class ErrorRules
{
    /// <param name="error">The failure.</param>
    /// <param name="graph">The group's graph.</param>
    /// <param name="errors">The policy of inputs that do not say.</param>
    public static bool IsFinal<TState>(Exception error, GroupGraph<TState> graph, ErrorPolicy errors)
    {
        if (error is not RecordException record)
            return false;
        var input = graph.Inputs.FirstOrDefault(e => e.Topic == record.Topic);
        return (input?.Options.Errors ?? errors).Action == ErrorAction.Fail;
    }
}

/// <summary>A processor has stopped because one of its partitions failed too often, or at once where the policy says so.</summary>
public sealed class ProcessorFailedException : Exception
{
    internal ProcessorFailedException(string group, int partition, int restarts, Exception cause)
        : base(
            $"Processor '{group}' has stopped: partition {partition} failed"
            + (restarts > 0 ? $" again after {restarts} restart{(restarts == 1 ? "" : "s")}" : "") + $". {cause.Message}", cause)
    {
    }
}
