namespace GokaAkka.Web.Tests;

/// <summary>Waits for conditions, with a deadline.</summary>
static class Eventually
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<T> True<T>(Func<Task<T>> look, Func<T, bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(30));
        while (true)
        {
            var seen = await look();
            if (condition(seen))
                return seen;
            try
            {
                await again.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Not within {Patience.TotalSeconds} s: {what}; seen last: {seen}");
            }
        }
    }
}
