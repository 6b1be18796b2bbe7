using Confluent.Kafka;
using TopicPartitionOffset = Confluent.Kafka.TopicPartitionOffset;

namespace GokaAkka.Integration.Tests.Faults;

/// <summary>
/// Reads what the workers emit as it comes, read_committed: how many messages have been counted, how many of them again, and how long each
/// partition was silent. It is what tests go by.
/// </summary>
sealed class OutputWatch : IDisposable
{
    static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    readonly FaultCluster _cluster;
    readonly IConsumer<byte[], byte[]> _consumer;
    readonly Thread _thread;
    readonly Lock _gate = new();
    readonly Dictionary<string, HashSet<long>> _numbers = [];
    readonly Dictionary<string, long> _byWorker = [];
    readonly long[] _lastArrivals = new long[FaultCluster.Partitions];
    readonly TimeSpan[] _silences = new TimeSpan[FaultCluster.Partitions];
    readonly long[] _news = new long[FaultCluster.Partitions];
    Exception? _error;
    long _total;
    long _distinct;
    volatile bool _stopping;

    public OutputWatch(FaultCluster cluster)
    {
        _cluster = cluster;
        _consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = cluster.Bootstrap,
            GroupId = cluster.Group + "-watch",
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnableAutoCommit = false,
            // What it has not read and the broker has forgotten would pass for lost.
            AutoOffsetReset = AutoOffsetReset.Error,
            FetchWaitMaxMs = 20,
            // What a broker that goes away leaves unanswered is not to be waited for longer than tests wait.
            SocketTimeoutMs = 5_000,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 200,
        }).SetLogHandler(static (_, _) => { }).Build();
        _consumer.Assign(Enumerable.Range(0, FaultCluster.Partitions).Select(p => new TopicPartitionOffset(cluster.Out, p, 0)));
        _thread = new Thread(Read) { IsBackground = true, Name = "output watch" };
        _thread.Start();
    }

    /// <summary>Messages emitted, repeated ones included.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Different messages emitted.</summary>
    public long Distinct => Interlocked.Read(ref _distinct);

    /// <summary>What goes on beside it: waiting ends with its failure.</summary>
    public Task Beside { get; set; } = Task.CompletedTask;

    /// <summary>What a worker has emitted.</summary>
    public long By(string worker)
    {
        lock (_gate)
            return _byWorker.GetValueOrDefault(worker);
    }

    /// <summary>Numbers of the keys that were sent and not seen.</summary>
    public IReadOnlyList<string> Missing(IReadOnlyDictionary<string, long> sent)
    {
        lock (_gate)
        {
            return [.. sent.SelectMany(s => Enumerable.Range(1, (int)s.Value)
                .Where(n => !_numbers.TryGetValue(s.Key, out var seen) || !seen.Contains(n))
                .Select(n => $"{s.Key}#{n}"))];
        }
    }

    /// <summary>The longest silence of each partition since the last call, under a load that never is.</summary>
    public IReadOnlyList<TimeSpan> TakeSilences()
    {
        lock (_gate)
        {
            var taken = _silences.ToArray();
            Array.Clear(_silences);
            return taken;
        }
    }

    /// <summary>Waits until every partition has counted something new.</summary>
    /// <param name="complaint">What to say when nothing has been counted for too long.</param>
    /// <param name="last">The number of messages after which there is nothing new.</param>
    public async Task UntilAllGoOn(Func<string> complaint, long last = long.MaxValue)
    {
        var before = News();
        await Until(() => Distinct >= last || News().Zip(before).All(p => p.First > p.Second), complaint);
    }

    /// <summary>Waits for a condition for as long as messages go on being counted.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="complaint">What to say when nothing has been counted for too long.</param>
    public async Task Until(Func<bool> condition, Func<string> complaint)
    {
        var (seen, since) = (Total, Stopwatch.GetTimestamp());
        using var timer = new PeriodicTimer(Interval);
        while (!condition())
        {
            if (Beside.IsFaulted)
                await Beside;
            lock (_gate)
                _error.ShouldBeNull();
            if (Total != seen)
                (seen, since) = (Total, Stopwatch.GetTimestamp());
            if (Stopwatch.GetElapsedTime(since) > StallLimit)
                throw new TimeoutException($"Nothing was counted for {StallLimit.TotalSeconds:0} s, at {Distinct} messages ({Total} with repeated ones).\n{_cluster}\n{complaint()}");
            await timer.WaitForNextTickAsync();
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _consumer.Dispose();
    }

    /// <summary>Different messages of each partition.</summary>
    long[] News()
    {
        lock (_gate)
            return [.. _news];
    }

    void Read()
    {
        while (!_stopping)
        {
            try
            {
                if (_consumer.Consume(Interval) is { Message: not null } record)
                    Take(record);
            }
            catch (ConsumeException e) when (!e.Error.IsFatal && e.Error.Code != ErrorCode.Local_AutoOffsetReset)
            {
                // The broker is away, as some tests want it.
            }
            catch (Exception e)
            {
                lock (_gate)
                    _error = e;
                return;
            }
        }
    }

    void Take(ConsumeResult<byte[], byte[]> record)
    {
        var key = Encoding.UTF8.GetString(record.Message.Key);
        var words = Encoding.UTF8.GetString(record.Message.Value).Split(' ');
        var now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            if (!_numbers.TryGetValue(key, out var seen))
                _numbers[key] = seen = [];
            var isNew = seen.Add(long.Parse(words[0], CultureInfo.InvariantCulture));
            _byWorker[words[1]] = _byWorker.GetValueOrDefault(words[1]) + 1;
            var partition = record.Partition.Value;
            // Repeated messages are no progress: a partition is back when it counts what it had not.
            if (isNew)
            {
                if (_lastArrivals[partition] is var last and > 0 && Stopwatch.GetElapsedTime(last, now) is var silence && silence > _silences[partition])
                    _silences[partition] = silence;
                _lastArrivals[partition] = now;
                _news[partition]++;
                Interlocked.Increment(ref _distinct);
            }

            Interlocked.Increment(ref _total);
        }
    }
}
