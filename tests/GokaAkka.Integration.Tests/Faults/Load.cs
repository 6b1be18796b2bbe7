using Confluent.Kafka;
using TopicPartition = Confluent.Kafka.TopicPartition;

namespace GokaAkka.Integration.Tests.Faults;

/// <summary>Writes messages at a steady rate: keys in random order, the messages of each key numbered from 1.</summary>
sealed class Load : IDisposable
{
    const int Keys = 600;

    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan AcknowledgeTimeout = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    readonly IProducer<byte[], byte[]> _producer;
    readonly string _topic;
    readonly Random _random;
    readonly Dictionary<string, long> _sent = [];
    readonly CancellationTokenSource _stop = new();
    Task _running = Task.CompletedTask;
    volatile bool _isDisposed;
    Error? _error;
    long _count;
    long _limit = long.MaxValue;

    public Load(FaultCluster cluster, int seed)
    {
        _topic = cluster.Topic;
        _random = new Random(seed);
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = cluster.Bootstrap,
            EnableIdempotence = true,
            LingerMs = 5,
            // As the workers where requests are refused, and for the same reason.
            MaxInFlight = 1,
            // What brokers that are all away for a minute leave to be sent.
            QueueBufferingMaxMessages = 500_000,
            // What a broker that goes away leaves unanswered is not to be waited for longer than tests wait.
            SocketTimeoutMs = 5_000,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 200,
        }).SetLogHandler(static (_, _) => { }).Build();
    }

    /// <summary>Messages sent so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>As many messages are sent for now, so that some are left for what the test is still to do.</summary>
    public long Limit
    {
        get => Interlocked.Read(ref _limit);
        set => Interlocked.Exchange(ref _limit, value);
    }

    /// <summary>The last number of each key: the truth. Read when <see cref="Run"/> has ended.</summary>
    public IReadOnlyDictionary<string, long> Sent => _sent;

    /// <summary>Sends so many messages, or until told to stop; all are acknowledged when this ends.</summary>
    public Task Run(long messages, int perSecond) => _running = Task.Run(async () =>
    {
        var started = Stopwatch.GetTimestamp();
        using var tick = new PeriodicTimer(Tick);
        while (Count < messages && !_stop.IsCancellationRequested)
        {
            var due = Math.Min(messages, (long)(Stopwatch.GetElapsedTime(started).TotalSeconds * perSecond) + 1);
            while (Count < Math.Min(due, Limit))
                Send();
            await tick.WaitForNextTickAsync();
        }

        var (waited, left) = (Stopwatch.StartNew(), 0);
        while ((left = _producer.Flush(Look)) > 0 && waited.Elapsed < AcknowledgeTimeout && !_isDisposed)
        {
        }

        left.ShouldBe(0, "messages that the broker has not acknowledged");
        _error.ShouldBeNull();
    });

    /// <summary>Ends <see cref="Run"/> soon.</summary>
    public void Stop() => _stop.Cancel();

    public void Dispose()
    {
        _isDisposed = true;
        _stop.Cancel();
        // The client takes no call while it ends: of a test that has failed, the load is still at work.
        Task.WaitAny([_running], AcknowledgeTimeout);
        _producer.Dispose();
    }

    void Send()
    {
        var key = $"key-{_random.Next(Keys)}";
        var number = _sent[key] = _sent.GetValueOrDefault(key) + 1;
        var bytes = Encoding.UTF8.GetBytes(key);
        _producer.Produce(
            new TopicPartition(_topic, Partitioners.Fnv1a.Partition(bytes, FaultCluster.Partitions)),
            new Message<byte[], byte[]> { Key = bytes, Value = Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)) },
            report => _error ??= report.Error.IsError ? report.Error : null);
        Interlocked.Increment(ref _count);
    }
}
