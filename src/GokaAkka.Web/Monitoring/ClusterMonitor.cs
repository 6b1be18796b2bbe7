using GokaAkka.Actors;
using GokaAkka.Web.Diagnosis;
using GokaAkka.Web.Live;

namespace GokaAkka.Web.Monitoring;

/// <summary>
/// Looks at all nodes every so often, more rarely while nobody watches, keeps what it has seen for a while and tells the pages that are open. One
/// look at a time; everything else is safe for concurrent use.
/// </summary>
sealed class ClusterMonitor(ICluster cluster, TimeProvider time, WebSettings settings) : IAsyncDisposable
{
    // How long a question makes it look as often as an open page does.
    static readonly TimeSpan Interest = TimeSpan.FromSeconds(30);

    readonly CancellationTokenSource _stop = new();
    readonly ProblemFinder _problems = new();
    readonly ConcurrentDictionary<string, LivePage> _pages = new(StringComparer.Ordinal);
    readonly SemaphoreSlim _looking = new(1, 1);
    TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Task? _loop;
    volatile Picture _picture = Picture.Empty;
    long _lastQuestion = long.MinValue / 2;

    public ICluster Cluster => cluster;

    public Histories Histories { get; } = new(settings.History, settings.Interval);

    /// <summary>Open pages.</summary>
    public int Watchers => _pages.Values.Sum(static p => p.Watchers);

    /// <summary>Begins to look. Called again, it does nothing.</summary>
    public void Start()
    {
        lock (_stop)
        {
            if (!_stop.IsCancellationRequested)
                _loop ??= Task.Run(Loop);
        }
    }

    /// <summary>What was seen last, not older than about two intervals.</summary>
    public async ValueTask<Picture> Now(CancellationToken cancellation)
    {
        var since = time.GetElapsedTime(Interlocked.Exchange(ref _lastQuestion, time.GetTimestamp()));
        if (since > Interest)
            Volatile.Read(ref _asked).TrySetResult();
        var picture = _picture;
        return time.GetUtcNow() - picture.Snapshot.At <= settings.Interval * 2 ? picture : await Look(cancellation).ConfigureAwait(false);
    }

    /// <summary>Has a page kept up to date for as long as somebody watches it.</summary>
    public async Task<LiveWatch> Watch(string key, Func<Picture, object> model, CancellationToken cancellation)
    {
        var picture = await Now(cancellation).ConfigureAwait(false);
        while (true)
        {
            var page = _pages.GetOrAdd(key, _ => new LivePage(model));
            if (page.Watch(picture) is { } watch)
            {
                Volatile.Read(ref _asked).TrySetResult();
                return watch;
            }

            // It was given up at that moment.
            _pages.TryRemove(new KeyValuePair<string, LivePage>(key, page));
        }
    }

    /// <summary>Looks at once: something was done that will show.</summary>
    public async Task<Picture> Look(CancellationToken cancellation)
    {
        var asked = time.GetUtcNow();
        await _looking.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            // Somebody else has looked since.
            return _picture.Snapshot.At >= asked ? _picture : await LookNow(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _looking.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task? loop;
        lock (_stop)
        {
            loop = _loop;
            _stop.Cancel();
        }

        if (loop is not null)
            await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var page in _pages.Values)
            page.Close();
    }

    async Task<Picture> LookNow(CancellationToken cancellation)
    {
        var nodes = await cluster.Describe(cancellation).ConfigureAwait(false);
        var snapshot = new Snapshot(time.GetUtcNow(), nodes, _picture.Snapshot.Nodes);
        var groups = snapshot.Groups.Values.OrderBy(static g => g.Name, StringComparer.Ordinal).Select(GroupSummary.Of).ToList();
        Histories.Add(snapshot, groups);
        var picture = new Picture(snapshot, groups, _problems.Find(snapshot, groups, Histories), cluster.Self);
        _picture = picture;
        foreach (var (key, page) in _pages)
        {
            if (!page.Show(picture))
                _pages.TryRemove(new KeyValuePair<string, LivePage>(key, page));
        }

        return picture;
    }

    async Task Loop()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Look(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                cluster.LogFault(e, "The web monitor could not look at the nodes; it tries again.");
            }

            await Pause().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task Pause()
    {
        await Task.Delay(settings.Interval, time, _stop.Token).ConfigureAwait(false);
        if (Watchers > 0 || time.GetElapsedTime(Interlocked.Read(ref _lastQuestion)) <= Interest)
            return;
        Volatile.Write(ref _asked, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await Task.WhenAny(Task.Delay(settings.IdleInterval - settings.Interval, time, ended.Token), _asked.Task).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
    }
}
