namespace GokaAkka.Integration.Tests.Samples;

/// <summary>Waits for conditions, with a deadline.</summary>
static class Eventually
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static Task Holds(Func<bool> condition, Func<string> complaint) => Holds(() => Task.FromResult(condition()), 10, complaint);

    /// <summary>Waits for what brokers and other processes have to be asked for, which costs them something each time.</summary>
    public static Task Holds(Func<Task<bool>> condition, Func<string> complaint) => Holds(condition, 100, complaint);

    static async Task Holds(Func<Task<bool>> condition, int interval, Func<string> complaint)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(interval));
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Deadline)
                throw new TimeoutException($"Not within {Deadline.TotalSeconds:0} s: {complaint()}");
            await timer.WaitForNextTickAsync();
        }
    }
}
