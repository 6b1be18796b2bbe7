using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Kafka.Settings;
using Confluent.Kafka;
using GokaAkka.Kafka;
using GokaAkka.Kafka.Confluent;

namespace GokaAkka.StreamsKafka;

using TopicPartition = GokaAkka.Kafka.TopicPartition;

/// <summary>
/// Reads table partitions with Akka.Streams.Kafka, with a source and so a consumer for each: one source over several reads a tenth as fast.
/// Listeners are called on the streams' actors.
/// </summary>
sealed class StreamsTableReader : ITableReader
{
    readonly Dictionary<TopicPartition, PartitionStream> _streams = [];
    readonly FaultFilter _filter = new();
    readonly Lazy<Leaders> _leaders;
    readonly ActorSystem _system;
    readonly ActorMaterializerSettings _materializing;
    bool _isDisposed;

    public StreamsTableReader(ActorSystem system, IReadOnlyDictionary<string, string> config, string where)
    {
        _system = system;
        Config = config;
        Where = where;
        Settings = ConsumerSettings<byte[], byte[]>.Create(system, Deserializers.ByteArray, Deserializers.ByteArray);
        _materializing = system.Materializer().Settings;
        _leaders = new Lazy<Leaders>(() => new Leaders(this));
    }

    /// <summary>The native client's settings.</summary>
    public IReadOnlyDictionary<string, string> Config { get; }

    public string Where { get; }

    /// <summary>The sources' settings, from <c>akka.kafka.consumer</c>.</summary>
    public ConsumerSettings<byte[], byte[]> Settings { get; }

    public ITableSubscription Subscribe(string topic, int partition, long fromOffset, ITableListener listener)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromOffset);
        var id = new TopicPartition(topic, partition);
        var stream = new PartitionStream(this, id, fromOffset, listener);
        PartitionStream? earlier;
        lock (_streams)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _streams.Remove(id, out earlier);
            _streams.Add(id, stream);
            stream.Start(fromOffset);
        }

        // A partition is read once: the newer reader takes over.
        earlier?.Stop();
        return stream.Subscription;
    }

    public Task<IReadOnlyList<long>> Ends(string topic, int partitions, TimeSpan timeout)
    {
        lock (_streams)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _leaders.Value.Questions.Ends(topic, partitions, timeout);
        }
    }

    public void Dispose()
    {
        List<PartitionStream> streams;
        lock (_streams)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            streams = [.. _streams.Values];
            _streams.Clear();
        }

        streams.ForEach(static s => s.Stop());
        if (_leaders.IsValueCreated)
            _leaders.Value.Dispose();
    }

    /// <summary>What one stream runs on and ends with. Settings are passed because without them it is the one that the whole system shares.</summary>
    public ActorMaterializer MakeMaterializer() => ActorMaterializer.Create(_system, _materializing, "goka-table");

    public void Remove(PartitionStream stream)
    {
        lock (_streams)
        {
            if (_streams.GetValueOrDefault(stream.Subscription.Id) == stream)
                _streams.Remove(stream.Subscription.Id);
        }
    }

    public bool IsNews(string where, KafkaFault fault)
    {
        lock (_filter)
            return _filter.IsNews(where, fault);
    }

    public KafkaFault Here(KafkaFault fault) => fault with { Reason = $"{fault.Reason} ({Where})" };

    /// <summary>The client that asks leaders where partitions end: a source does not show its own.</summary>
    sealed class Leaders : IDisposable
    {
        readonly IConsumer<Ignore, Ignore> _consumer;

        public Leaders(StreamsTableReader reader)
        {
            _consumer = new ConsumerBuilder<Ignore, Ignore>(reader.Config).SetLogHandler(static (_, _) => { }).Build();
            Questions = new LeaderQuestions(_consumer, reader.Where, reader, new LastError());
        }

        public LeaderQuestions Questions { get; }

        public void Dispose()
        {
            Questions.Close();
            _consumer.Dispose();
        }
    }
}
