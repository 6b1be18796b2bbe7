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

    /// <summary>The reason in brackets, or nothing.</summary>
    public string Suffix => _error is { } error ? $" ({error.Reason})" : "";

    /// <summary>What is to be looked at, after what the brokers or the way to them has refused.</summary>
    public string Advice => _error?.Code switch
    {
        ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed => "check sasl.mechanism, sasl.username and its password under goka.kafka.client",
        ErrorCode.Local_Ssl => "check security.protocol and the ssl settings under goka.kafka.client",
        _ => "check goka.kafka.bootstrap-servers and that the broker runs",
    };
}
