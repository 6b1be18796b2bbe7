using System.Globalization;

namespace GokaAkka.Kafka.Native;

/// <summary>
/// How full a consumer's native queue is. A fetcher of librdkafka that has found the queue full looks again after up to a second, whatever is taken
/// off it meanwhile: whoever drains it faster has to wake it. Belongs to the consumer's thread.
/// </summary>
/// <param name="config">The consumer's settings.</param>
sealed class FetchLevel(IReadOnlyDictionary<string, string> config)
{
    // The fetcher looks at another moment: three quarters may have been more.
    const double Full = 0.75;
    const double Drained = 0.5;

    // librdkafka's defaults.
    readonly long _mostRecords = Setting(config, "queued.min.messages", 100_000);
    readonly long _mostBytes = Setting(config, "queued.max.messages.kbytes", 65_536) * 1024;

    double _bytesEach;
    bool _wasFull;

    /// <summary>Records have been taken off.</summary>
    /// <param name="queued">What was queued before.</param>
    /// <param name="taken">How many were taken of that.</param>
    /// <param name="bytes">Their keys and values.</param>
    /// <returns>Whether the queue was full, and is no more: its fetchers may be asleep. Told once.</returns>
    public bool Drain(long queued, int taken, long bytes)
    {
        if (taken == 0)
            return false;
        _bytesEach = _bytesEach == 0 ? (double)bytes / taken : (_bytesEach * 0.9) + (0.1 * bytes / taken);
        _wasFull |= Level(queued) >= Full;
        if (!_wasFull || Level(queued - taken) > Drained)
            return false;
        _wasFull = false;
        return true;
    }

    double Level(long records) => Math.Max((double)records / _mostRecords, records * _bytesEach / _mostBytes);

    static long Setting(IReadOnlyDictionary<string, string> config, string name, long otherwise) =>
        config.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
