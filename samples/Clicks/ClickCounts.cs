using System.Diagnostics;

namespace GokaAkka.Samples.Clicks;

/// <summary>The counts as a view of the group's table shows them, against what they were when the demo began.</summary>
sealed class ClickCounts(View<long> view, int users) : IAsyncDisposable
{
    const int Shown = 6;

    static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    readonly Lock _showing = new();
    long _before;
    long _sum;
    long _summedAt;
    string _some = "";
    bool _started;
    bool _isOver;

    /// <summary>Clicks counted since the start, as of half a second ago at the most. For one thread.</summary>
    public long Total
    {
        get
        {
            if (!Volatile.Read(ref _started))
                return 0;
            return (Stopwatch.GetElapsedTime(Interlocked.Read(ref _summedAt)) > Refresh ? Sum() : Interlocked.Read(ref _sum)) - _before;
        }
    }

    /// <summary>Waits until the view has the whole table and notes where the counts stand.</summary>
    public async Task Start(TimeSpan patience, CancellationToken stop)
    {
        await view.UntilReady(patience, stop);
        _before = Sum();
        Volatile.Write(ref _started, true);
    }

    /// <summary>Waits until as many clicks are counted; returns what was counted, also when that is less after all patience.</summary>
    /// <param name="emitted">The clicks to wait for.</param>
    /// <param name="patience">How long the counts may stand still.</param>
    /// <param name="given">Ends the wait: nothing more will be counted.</param>
    public async Task<long> Until(long emitted, TimeSpan patience, Task given)
    {
        var guard = new StallGuard(patience);
        using var timer = new PeriodicTimer(Interval);
        while (true)
        {
            var counted = Sum() - _before;
            if (counted >= emitted || given.IsCompleted || guard.HasStalled(counted))
            {
                Close();
                return counted;
            }

            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>The counts of a few users, for people.</summary>
    public string Some()
    {
        lock (_showing)
        {
            if (!Volatile.Read(ref _started) || _isOver)
                return _some;
            try
            {
                return _some = string.Join(", ", Enumerable.Range(0, Math.Min(users, Shown)).Select(Users.Name).Select(u => $"{u} {view.Get(u):#,0}"));
            }
            catch (PartitionNotHereException)
            {
                // The view starts one of its partitions again.
                return _some;
            }
        }
    }

    public ValueTask DisposeAsync() => view.DisposeAsync();

    // What is shown from now on is how it ended.
    void Close()
    {
        lock (_showing)
        {
            Some();
            _isOver = true;
        }
    }

    /// <summary>The sum of all counts; the one before while a partition of the view is not there.</summary>
    long Sum()
    {
        try
        {
            var sum = 0L;
            using var counts = view.Iterate();
            while (counts.Next())
                sum += counts.Value;
            Interlocked.Exchange(ref _sum, sum);
        }
        catch (PartitionNotHereException)
        {
            // It starts again, or the demo is over.
        }

        Interlocked.Exchange(ref _summedAt, Stopwatch.GetTimestamp());
        return Interlocked.Read(ref _sum);
    }
}
