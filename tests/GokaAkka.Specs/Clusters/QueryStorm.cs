namespace GokaAkka.Specs.Clusters;

/// <summary>
/// Writes rising values to all keys, and asks for them on all nodes at the same time, without end. An answer is right when it is no older than what was
/// committed before the question, and no newer than what was written before the answer.
/// </summary>
sealed class QueryStorm : IAsyncDisposable
{
    // Short, so that times without an answer are seen; who asks asks again.
    static readonly QueryOptions s_once = new() { Timeout = TimeSpan.FromMilliseconds(100) };

    readonly ClusterNodes _nodes;
    readonly string[] _keys;
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentQueue<string> _wrong = new();
    readonly ConcurrentDictionary<QueryFailure, int> _failures = new();
    readonly long[] _answeredAt = new long[ClusterNodes.Partitions];
    readonly long[] _longestGap = new long[ClusterNodes.Partitions];
    readonly Task _running;
    long _committed = long.MinValue;
    long _written;
    long _answers;

    public QueryStorm(ClusterNodes nodes, string[] keys, int seed)
    {
        (_nodes, _keys) = (nodes, keys);
        Calm();
        _running = Task.WhenAll(Enumerable.Range(0, 2).Select(i => Task.Run(() => Ask(new Random(seed + i)))).Append(Task.Run(Write)));
    }

    public IReadOnlyCollection<string> Wrong => _wrong;

    /// <summary>Waits until keys of all partitions have been answered since now.</summary>
    public async Task Answered()
    {
        var since = Stopwatch.GetTimestamp();
        var partitions = _keys.Select(ClusterNodes.PartitionOf).Distinct().ToArray();
        await ClusterNodes.Until(
            () => _running.IsFaulted || partitions.All(p => Interlocked.Read(ref _answeredAt[p]) > since),
            () => $"no answer from partitions {string.Join(", ", partitions.Where(p => Interlocked.Read(ref _answeredAt[p]) <= since))}; {this}");
        if (_running.IsFaulted)
            await _running;
    }

    /// <summary>The figures so far, and begins them anew.</summary>
    public string TakeFigures(string of)
    {
        var figures = $"{of}: {this}";
        Calm();
        return figures;
    }

    public override string ToString() =>
        $"{Interlocked.Read(ref _answers)} answers, wrong {_wrong.Count}, without answer {string.Join(", ", _failures.Select(static f => $"{f.Value} {f.Key}"))}"
        + $"; longest time without an answer {_longestGap.Max(Milliseconds)} ms, by partition {string.Join(" ", _longestGap.Select(Milliseconds))}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(ClusterNodes.Patience);
        _stop.Dispose();
    }

    void Calm()
    {
        _failures.Clear();
        Interlocked.Exchange(ref _answers, 0);
        for (var i = 0; i < ClusterNodes.Partitions; i++)
        {
            Interlocked.Exchange(ref _longestGap[i], 0);
            Interlocked.Exchange(ref _answeredAt[i], Stopwatch.GetTimestamp());
        }
    }

    void Write()
    {
        while (!_stop.IsCancellationRequested)
        {
            var value = Interlocked.Increment(ref _written);
            foreach (var key in _keys)
                _nodes.Send(key, value);
            if (_nodes.Kafka.WaitUntil(() => _stop.IsCancellationRequested || _nodes.IsCommitted(), ClusterNodes.Patience) && !_stop.IsCancellationRequested)
                Interlocked.Exchange(ref _committed, value);
        }
    }

    async Task Ask(Random random)
    {
        while (!_stop.IsCancellationRequested)
        {
            var key = _keys[random.Next(_keys.Length)];
            var nodes = _nodes.Alive().ToArray();
            var node = nodes[random.Next(nodes.Length)];
            var atLeast = Interlocked.Read(ref _committed);
            try
            {
                var answer = await node.Goka.Tables.Get(ClusterNodes.Table, key, s_once);
                Check(key, answer, atLeast, Interlocked.Read(ref _written));
            }
            catch (QueryException e)
            {
                _failures.AddOrUpdate(e.Failure, 1, static (_, count) => count + 1);
            }
        }
    }

    void Check(string key, TableAnswer answer, long atLeast, long atMost)
    {
        var value = answer.Value is { } bytes ? Codec.Int64.Decode(bytes) : 0;
        if (value < atLeast || value > atMost)
            _wrong.Enqueue($"{key} is {value} by {answer.Stamp}; expected {atLeast} to {atMost}");
        Interlocked.Increment(ref _answers);
        var partition = answer.Stamp.Partition;
        var now = Stopwatch.GetTimestamp();
        var gap = now - Interlocked.Exchange(ref _answeredAt[partition], now);
        long known;
        while (gap > (known = Interlocked.Read(ref _longestGap[partition])) && Interlocked.CompareExchange(ref _longestGap[partition], gap, known) != known)
        {
        }
    }

    static long Milliseconds(long ticks) => ticks * 1000 / Stopwatch.Frequency;
}
