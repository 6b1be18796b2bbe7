namespace GokaAkka.Actors;

/// <summary>
/// Notices that what a partition has sent is not acknowledged for long: its producer tries again by itself, without a word, for as long as it
/// takes. A plain class that is asked now and then.
/// </summary>
sealed class AckWatch
{
    TimeSpan? _waitsSince;
    int _inFlight;

    /// <param name="now">The time, from any beginning.</param>
    /// <param name="inFlight">Records sent whose fate is not known.</param>
    /// <param name="progressed">Whether anything was acknowledged since the last call.</param>
    /// <returns>How long nothing has been acknowledged; zero when there is nothing to wait for.</returns>
    public TimeSpan Look(TimeSpan now, int inFlight, bool progressed)
    {
        var moves = inFlight == 0 || inFlight < _inFlight || progressed;
        _inFlight = inFlight;
        _waitsSince = inFlight == 0 ? null : moves || _waitsSince is null ? now : _waitsSince;
        return now - (_waitsSince ?? now);
    }
}
