using Confluent.Kafka;
using TopicPartitionOffset = Confluent.Kafka.TopicPartitionOffset;

namespace GokaAkka.Outages;

/// <summary>
/// Reads a topic from its start as it grows, read_committed, with a plain consumer: each key's numbers, what is there again or out of order, and
/// how long each partition was silent.
/// </summary>
sealed class TopicWatch : IDisposable
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    readonly IConsumer<byte[], byte[]> _consumer;
    readonly string _topic;
    readonly TopicWatch? _source;
    readonly Thread _thread;
    readonly Lock _gate = new();
    readonly Dictionary<string, KeyNumbers> _keys = [];
    readonly List<PartitionArrivals> _partitions = [];
    Exception? _error;
    long _count;
    long _distinct;
    long _outOfOrder;
    volatile int _wanted;
    volatile bool _stopping;

    /// <param name="bootstrap">The brokers.</param>
    /// <param name="topic">A topic whose values are a number and, after a space, who wrote it.</param>
    /// <param name="partitions">How many partitions it has.</param>
    /// <param name="source">What the topic is made from: before its first record, a partition is silent from the first one there on.</param>
    public TopicWatch(string bootstrap, string topic, int partitions, TopicWatch? source = null)
    {
        (_topic, _wanted, _source) = (topic, partitions, source);
        _consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = topic + "-watch",
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnableAutoCommit = false,
            // What it has not read and the brokers have forgotten would pass for lost.
            AutoOffsetReset = AutoOffsetReset.Error,
            FetchWaitMaxMs = 20,
            // The reader's own silence is not to pass for the partition's: it gives up soon on brokers that are away, and asks who leads.
            SocketTimeoutMs = 5_000,
            TopicMetadataRefreshIntervalMs = 1_000,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 200,
        }).SetLogHandler(static (_, _) => { }).Build();
        _thread = new Thread(Read) { IsBackground = true, Name = topic };
        _thread.Start();
    }

    /// <summary>Records read.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Different numbers of keys among them.</summary>
    public long Distinct => Interlocked.Read(ref _distinct);

    /// <summary>Records that neither go on where the same writer, or all of them, had come to, nor are there again.</summary>
    public long OutOfOrder => Interlocked.Read(ref _outOfOrder);

    /// <summary>The longest silence of each partition.</summary>
    public TimeSpan[] Silences() => Of(p => p.Silence);

    /// <summary>New numbers of each partition.</summary>
    public long[] News() => Of(p => p.News);

    /// <summary>Reads partitions that were added as well.</summary>
    public void Grow(int partitions) => _wanted = partitions;

    /// <summary>How many of the numbers that were sent are not here.</summary>
    public long Missing(IReadOnlyDictionary<string, long> sent)
    {
        lock (_gate)
            return sent.Sum(s => s.Value - (_keys.TryGetValue(s.Key, out var key) ? key.Count : 0));
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _consumer.Dispose();
    }

    T[] Of<T>(Func<PartitionArrivals, T> figure)
    {
        lock (_gate)
            return _error is null ? [.. _partitions.Select(figure)] : throw new InvalidOperationException($"Reading {_topic} failed.", _error);
    }

    void Read()
    {
        while (!_stopping)
        {
            try
            {
                if (_partitions.Count < _wanted)
                    Assign();
                if (_consumer.Consume(Interval) is { Message: not null } record)
                    Observe(record);
            }
            catch (ConsumeException e) when (!e.Error.IsFatal && e.Error.Code != ErrorCode.Local_AutoOffsetReset)
            {
                // The brokers are away, as they are meant to be.
            }
            catch (Exception e)
            {
                lock (_gate)
                    _error = e;
                return;
            }
        }
    }

    void Assign()
    {
        lock (_gate)
        {
            var added = Enumerable.Range(_partitions.Count, _wanted - _partitions.Count).ToList();
            added.ForEach(_ => _partitions.Add(new PartitionArrivals()));
            _consumer.IncrementalAssign(added.Select(p => new TopicPartitionOffset(_topic, p, 0)));
        }
    }

    void Observe(ConsumeResult<byte[], byte[]> record)
    {
        var name = Encoding.UTF8.GetString(record.Message.Key);
        var words = Encoding.UTF8.GetString(record.Message.Value).Split(' ');
        var number = long.Parse(words[0], CultureInfo.InvariantCulture);
        var writer = words.ElementAtOrDefault(1) ?? "";
        lock (_gate)
        {
            if (!_keys.TryGetValue(name, out var key))
                _keys[name] = key = new KeyNumbers();
            // Who takes a key over, or repeats it, begins somewhere before its end, and each goes on number by number.
            if (number > (key.Writer == writer ? key.Last : key.Highest) + 1)
                _outOfOrder++;
            (key.Writer, key.Last, key.Highest) = (writer, number, Math.Max(key.Highest, number));
            _count++;
            if (!key.Add(number))
                return;
            _distinct++;
            var partition = _partitions[record.Partition.Value];
            partition.News++;
            partition.Arrived(_source?.First(record.Partition.Value) ?? 0);
        }
    }

    long First(int partition)
    {
        lock (_gate)
            return partition < _partitions.Count ? _partitions[partition].First : 0;
    }

    sealed class KeyNumbers
    {
        // All from 1 up to here, and those beyond a gap.
        readonly HashSet<long> _beyond = [];
        long _whole;

        public long Count => _whole + _beyond.Count;

        public string Writer { get; set; } = "";

        public long Last { get; set; }

        public long Highest { get; set; }

        /// <summary>Whether it is new.</summary>
        public bool Add(long number)
        {
            if (number <= _whole || !_beyond.Add(number))
                return false;
            while (_beyond.Remove(_whole + 1))
                _whole++;
            return true;
        }
    }

    sealed class PartitionArrivals
    {
        long _last;

        public long First { get; private set; }

        public long News { get; set; }

        public TimeSpan Silence { get; private set; }

        public void Arrived(long origin)
        {
            var now = Stopwatch.GetTimestamp();
            if (First == 0)
                (First, _last) = (now, origin == 0 ? now : origin);
            if (Stopwatch.GetElapsedTime(_last, now) is var silence && silence > Silence)
                Silence = silence;
            _last = now;
        }
    }
}
