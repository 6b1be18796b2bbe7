using System.Diagnostics;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// Lets a fault that a client goes on from pass once in a while: a broker that is away fails every attempt to reach it, several times a
/// second. Belongs to one thread.
/// </summary>
sealed class FaultFilter
{
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    readonly Dictionary<(string Where, string Code), long> _told = [];

    /// <summary>Whether this fault was not told of this place within the last half minute.</summary>
    public bool IsNews(string where, KafkaFault fault)
    {
        if (_told.TryGetValue((where, fault.Code), out var last) && Stopwatch.GetElapsedTime(last) < Quiet)
            return false;
        _told[(where, fault.Code)] = Stopwatch.GetTimestamp();
        return true;
    }
}
