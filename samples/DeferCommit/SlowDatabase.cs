using System.Collections.Concurrent;
using GokaAkka.Processing;

namespace GokaAkka.Samples.DeferCommit;

/// <summary>
/// Stands for a database that is worth writing to in bulk: it takes rows at any time, writes them together a little later, and only then says
/// that they are stored.
/// </summary>
sealed class SlowDatabase : IAsyncDisposable
{
    static readonly TimeSpan WriteInterval = TimeSpan.FromMilliseconds(200);

    readonly ConcurrentQueue<(string Row, DeferredCommit Commit)> _waiting = new();
    readonly ConcurrentBag<string> _rows = [];
    readonly PeriodicTimer _timer = new(WriteInterval);
    readonly Task _writing;

    public SlowDatabase() => _writing = Write();

    /// <summary>Rows that are stored.</summary>
    public int Count => _rows.Count;

    /// <summary>How many bulk writes it took.</summary>
    public int Writes { get; private set; }

    /// <summary>Takes a row; the record it came from may be committed once it is stored.</summary>
    public void Add(string row, DeferredCommit commit) => _waiting.Enqueue((row, commit));

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _writing;
    }

    async Task Write()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            var wrote = false;
            for (var left = _waiting.Count; left > 0 && _waiting.TryDequeue(out var next); left--)
            {
                _rows.Add(next.Row);
                next.Commit.Complete();
                wrote = true;
            }

            if (wrote)
                Writes++;
        }
    }
}
