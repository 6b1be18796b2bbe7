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
    readonly List<Arrivals> _partitions = [];
    Exception? _error;
    (long Records, long Distinct, long OutOfOrder) _counts;
    volatile int _wanted;
    volatile bool _stopping;

    /// <param name="bootstrap">The brokers.</param>
    /// <param name="topic">A topic whose values are a number and, after a space, who wrote it.</param>
    /// <param name="source">What the topic is made from: before its first record, a partition is silent from the first one there on.</param>
    public TopicWatch(string bootstrap, string topic, TopicWatch? source = null)
    {
        (_topic, _wanted, _source) = (topic, FaultCluster.Partitions, source);
        _consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrap, GroupId = topic + "-watch", IsolationLevel = IsolationLevel.ReadCommitted, EnableAutoCommit = false, FetchWaitMaxMs = 20,
            // What it has not read and the brokers have forgotten would pass for lost.
            AutoOffsetReset = AutoOffsetReset.Error,
            // The reader's own silence is not to pass for the partition's: it gives up soon on brokers that are away, and asks who leads.
            SocketTimeoutMs = 5_000, TopicMetadataRefreshIntervalMs = 1_000, ReconnectBackoffMs = 20, ReconnectBackoffMaxMs = 200,
        }).SetLogHandler(static (_, _) => { }).Build();
        _thread = new Thread(Read) { IsBackground = true, Name = topic };
        _thread.Start();
    }

    /// <summary>Records read; different numbers of keys; and records that neither go on where their writer, or all of them, had come to, nor are there again.</summary>
    public (long Records, long Distinct, long OutOfOrder) Counts => Locked(() => _counts);

    /// <summary>The longest silence of each partition.</summary>
    public TimeSpan[] Silences => Locked(() => _partitions.Select(p => p.Silence).ToArray());

    /// <summary>New numbers of each partition.</summary>
    public long[] News => Locked(() => _partitions.Select(p => p.Count).ToArray());

    /// <summary>Reads partitions that were added as well.</summary>
    public void Grow(int partitions) => _wanted = partitions;

    /// <summary>How many of the numbers that were sent are not here.</summary>
    public long Missing(IReadOnlyDictionary<string, long> sent) => Locked(() => sent.Sum(s => s.Value - (_keys.GetValueOrDefault(s.Key)?.Count ?? 0)));

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _consumer.Dispose();
    }

    long? First(int partition) => Locked(() => _partitions.ElementAtOrDefault(partition)?.First);

    T Locked<T>(Func<T> figure)
    {
        lock (_gate)
            return _error is null ? figure() : throw new InvalidOperationException($"Reading {_topic} failed: {_error.Message}", _error);
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
        var added = Enumerable.Range(_partitions.Count, _wanted - _partitions.Count).ToList();
        lock (_gate)
            added.ForEach(_ => _partitions.Add(new Arrivals()));
        _consumer.IncrementalAssign(added.Select(p => new TopicPartitionOffset(_topic, p, 0)));
    }

    void Observe(ConsumeResult<byte[], byte[]> record)
    {
        var name = Encoding.UTF8.GetString(record.Message.Key);
        // The number, and who says so in which of its assignments.
        var words = Encoding.UTF8.GetString(record.Message.Value).Split(' ', 2);
        var (number, writer) = (long.Parse(words[0], CultureInfo.InvariantCulture), words.ElementAtOrDefault(1) ?? "");
        lock (_gate)
        {
            if (!_keys.TryGetValue(name, out var key))
                _keys[name] = key = new KeyNumbers();
            // Who takes a key over, or repeats it, begins somewhere before its end, and each goes on number by number.
            if (number > (key.End.Writer == writer ? key.End.Last : key.End.Highest) + 1)
                _counts.OutOfOrder++;
            key.End = (writer, number, Math.Max(key.End.Highest, number));
            _counts.Records++;
            if (!key.Add(number))
                return;
            _counts.Distinct++;
            _partitions[record.Partition.Value].Add(_source?.First(record.Partition.Value));
        }
    }

    sealed class KeyNumbers
    {
        // All from 1 up to here, and those beyond a gap.
        readonly HashSet<long> _beyond = [];
        long _whole;

        public long Count => _whole + _beyond.Count;

        /// <summary>The record read last, and the highest number.</summary>
        public (string Writer, long Last, long Highest) End { get; set; } = ("", 0, 0);

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

    sealed class Arrivals
    {
        long _last;

        public long? First { get; private set; }

        public long Count { get; private set; }

        public TimeSpan Silence { get; private set; }

        public void Add(long? origin)
        {
            var now = Stopwatch.GetTimestamp();
            var silence = Stopwatch.GetElapsedTime(First is null ? origin ?? now : _last, now);
            Silence = silence > Silence ? silence : Silence;
            (First, _last, Count) = (First ?? now, now, Count + 1);
        }
    }
}
