using GokaAkka.Runtime;

namespace GokaAkka.Actors;

/// <summary>
/// Asks brokers again, with growing pauses, for as long as they only do not answer: an outage ends, and whoever waits for its end needs no one to
/// start him again. What is wrong for good is not tried again.
/// </summary>
sealed class Persistence(TroubleBoard? troubles, string what, TimeSpan min, TimeSpan max, NodeRuntime runtime)
{
    // Brokers that are back are to be noticed: longer pauses are for what somebody has to change.
    static readonly TimeSpan LongestPauseOfOutage = TimeSpan.FromSeconds(2);

    int _failures;

    /// <summary>Asks until there is an answer.</summary>
    /// <param name="ask">Asks once.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <param name="within">How long to ask; null for as long as it takes.</param>
    /// <exception cref="KafkaFaultException">It failed for good, or the time was over.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<T> Ask<T>(Func<Task<T>> ask, CancellationToken cancellation, TimeSpan? within = null)
    {
        var began = runtime.Time.GetTimestamp();
        while (true)
        {
            try
            {
                var answer = await ask().ConfigureAwait(false);
                Succeeded();
                return answer;
            }
            catch (KafkaFaultException e) when (e.Fault.Kind == FaultKind.Retriable && !(runtime.Time.GetElapsedTime(began) >= within))
            {
                await runtime.Delay(Failed(e), cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>It was not answered.</summary>
    /// <returns>How long to wait before the next attempt.</returns>
    public TimeSpan Failed(Exception error)
    {
        troubles?.Meet(what, error.Message);
        var longest = IsOutage(error) && LongestPauseOfOutage < max ? LongestPauseOfOutage : max;
        var pause = Math.Min(longest.TotalMilliseconds, min.TotalMilliseconds * Math.Pow(2, Math.Min(_failures++, 30)));
        return runtime.Jitter(TimeSpan.FromMilliseconds(pause));
    }

    /// <summary>It was answered.</summary>
    public void Succeeded()
    {
        _failures = 0;
        troubles?.End(what);
    }

    static bool IsOutage(Exception? error) => error is not null && (error is KafkaFaultException { Fault.Kind: FaultKind.Retriable } || IsOutage(error.InnerException));
}
