using System.Diagnostics;
using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// The last thing a client told its error handler: a call that runs out of time says only that, and this says why. Safe for concurrent use.
/// </summary>
sealed class LastError
{
    // The client repeats the error of a broker that is away every 30 s at least: what is older is of one that is back.
    static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(45);

    volatile Noted? _noted;

    Error? Current => _noted is { } noted && Stopwatch.GetElapsedTime(noted.At) < Lifetime ? noted.Error : null;

    public void Note(Error error)
    {
        // That all brokers are down is said after the reason of each; the reason is worth more.
        if (error.Code != ErrorCode.Local_AllBrokersDown)
            _noted = new Noted(error, Stopwatch.GetTimestamp());
    }

    /// <summary>The brokers have answered.</summary>
    public void Clear() => _noted = null;

    /// <summary>The reason in brackets, or nothing.</summary>
    public string Suffix => Current is { } error ? $" ({error.Reason})" : "";

    /// <summary>What is to be looked at, after what the brokers or the way to them has refused.</summary>
    public string Advice => Current?.Code switch
    {
        ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed => "check sasl.mechanism, sasl.username and its password under goka.kafka.client",
        ErrorCode.Local_Ssl => "check security.protocol and the ssl settings under goka.kafka.client",
        _ => "check goka.kafka.bootstrap-servers and that the broker runs",
    };

    sealed record Noted(Error Error, long At);
}
