using GokaAkka.Processing;

namespace GokaAkka.Actors;

/// <summary>Which failures of a partition end the processor at once, without another try.</summary>
static class ErrorRules
{
    public static bool IsFinal(Exception error) => error is RecordException { IsFinal: true };
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
