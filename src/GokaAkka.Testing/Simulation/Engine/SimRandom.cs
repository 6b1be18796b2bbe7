namespace GokaAkka.Testing.Simulation;

/// <summary>The one source of chance in a simulation: splitmix64, the same numbers for the same seed on every machine and runtime.</summary>
sealed class SimRandom(ulong seed)
{
    ulong _state = seed;

    /// <summary>A number of 64 bits.</summary>
    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 up to but not including <paramref name="limit"/>.</summary>
    public int Below(int limit) => (int)(Next() % (uint)limit);

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>A number from 0 up to but not including 1.</summary>
    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => probability > 0 && Fraction() < probability;

    /// <summary>A time from <paramref name="low"/> to <paramref name="high"/> milliseconds, in steps of a microsecond.</summary>
    public TimeSpan Milliseconds(double low, double high)
    {
        var span = (long)((high - low) * TimeSpan.TicksPerMillisecond / 10);
        return TimeSpan.FromTicks((long)(low * TimeSpan.TicksPerMillisecond) + (10 * (long)(Next() % (ulong)(span + 1))));
    }
}
