using System.Diagnostics;

namespace GokaAkka.Samples;

/// <summary>Tells when a figure that should change has not changed for too long. For one thread.</summary>
sealed class StallGuard(TimeSpan patience)
{
    long _figure = long.MinValue;
    long _since;

    public bool HasStalled(long figure)
    {
        if (figure != _figure)
        {
            _figure = figure;
            _since = Stopwatch.GetTimestamp();
            return false;
        }

        return Stopwatch.GetElapsedTime(_since) > patience;
    }
}
