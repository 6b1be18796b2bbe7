using GokaAkka.Processing.Transactions;

namespace GokaAkka.Actors;

/// <summary>What becomes of a partition that has failed.</summary>
static class ErrorRules
{
    /// <summary>
    /// Whether the failure is a broker's: it is tried again for as long as it takes and counts as no restart. What a callback throws is the
    /// callback's, whatever it is.
    /// </summary>
    public static bool IsPassing(Exception error)
    {
        var isOfSending = false;
        for (var e = error; e is not null; e = e.InnerException)
        {
            isOfSending |= e is DeliveryException or DeadLetterException or TransactionException or RecordException { Stage: ProcessingStage.Emit };
            if (e is RecordException { Stage: ProcessingStage.Decode or ProcessingStage.Callback or ProcessingStage.Table })
                return false;
            // What brokers refuse to take, they take once a permission is granted or a topic is there; a producer that is of no more use is replaced.
            if (e is KafkaFaultException { Fault.Kind: var kind } && (kind == FaultKind.Retriable || (isOfSending && kind != FaultKind.Record)))
                return true;
            if (e is ObjectDisposedException && isOfSending)
                return true;
        }

        return error is TransactionException;
    }

    /// <summary>Whether the policy says that the processor ends of it.</summary>
    public static bool IsFinal(Exception error) => error is RecordException { IsFinal: true };
}

/// <summary>A processor has stopped because one of its partitions failed too often, or at once where the policy says so.</summary>
public sealed class ProcessorFailedException : Exception
{
    internal ProcessorFailedException(string group, int partition, int restarts, Exception cause, string? table = null)
        : base(
            $"Processor '{group}' has stopped: partition {partition}{(table is null ? "" : $" of table '{table}'")} failed"
            + (restarts > 0 ? $" again after {restarts} restart{(restarts == 1 ? "" : "s")}" : "") + $". {cause.Message}", cause)
    {
    }
}
