using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// The last thing a client told its error handler: a call that runs out of time says only that, and this says why. Safe for concurrent use.
/// </summary>
sealed class LastError
{
    volatile Error? _error;

    public void Note(Error error)
    {
        // That all brokers are down is said after the reason of each; the reason is worth more.
        if (error.Code != ErrorCode.Local_AllBrokersDown)
            _error = error;
    }

    /// <summary>": " and the reason, or nothing.</summary>
    public string Suffix => _error is { } error ? $" ({error.Reason})" : "";
}
