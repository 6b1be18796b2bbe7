namespace GokaAkka.Integration.Tests.Samples;

/// <summary>Waits for conditions, with a deadline.</summary>
static class Eventually
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    public static Task Holds(Func<bool> condition, Func<string> complaint) => Holds(() => Task.FromResult(condition()), complaint);

    public static async Task Holds(Func<Task<bool>> condition, Func<string> complaint)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Interval);
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Deadline)
                throw new TimeoutException($"Not within {Deadline.TotalSeconds:0} s: {complaint()}");
            await timer.WaitForNextTickAsync();
        }
    }
}
