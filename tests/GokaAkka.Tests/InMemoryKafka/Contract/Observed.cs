namespace GokaAkka.Testing.Tests;

/// <summary>What a test has seen happen on other threads, and a way to wait for more of it.</summary>
public abstract class Observed
{
    readonly object _lock = new();

    /// <summary>Changes what was seen.</summary>
    protected void See(Action change)
    {
        lock (_lock)
        {
            change();
            Monitor.PulseAll(_lock);
        }
    }

    protected T Look<T>(Func<T> look)
    {
        lock (_lock)
            return look();
    }

    /// <summary>Waits until what was seen fulfils a condition.</summary>
    /// <exception cref="TimeoutException">It did not in time; the message says what was seen instead.</exception>
    public void Await(string what, TimeSpan patience, Func<bool> condition)
    {
        var end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        lock (_lock)
        {
            while (!condition())
            {
                var left = end - Environment.TickCount64;
                if (left <= 0)
                    throw new TimeoutException($"Not seen within {patience.TotalSeconds:F0} s: {what}. Seen: {this}");
                Monitor.Wait(_lock, (int)Math.Min(left, 1000));
            }
        }
    }
}
