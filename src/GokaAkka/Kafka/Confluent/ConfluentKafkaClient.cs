using GokaAkka.Kafka.Native;

namespace GokaAkka.Kafka.Confluent;

/// <summary>The cluster through Confluent.Kafka, whose native part is librdkafka.</summary>
sealed class ConfluentKafkaClient : IKafkaClient, IGroupOffsets
{
    readonly KafkaSettings _settings;
    readonly ITableReaderProvider? _tableReaders;
    readonly ClientLog _log;

    /// <param name="settings">How the cluster is reached.</param>
    /// <param name="tableReaders">What reads tables; null for the plain consumer.</param>
    /// <param name="log">Takes the clients' own lines; null for nobody.</param>
    public ConfluentKafkaClient(KafkaSettings settings, ITableReaderProvider? tableReaders = null, ClientLog? log = null)
    {
        _settings = settings;
        _log = log ?? ClientLog.None;
        _tableReaders = tableReaders;
        LibrdkafkaLoader.EnsureLoaded();
    }

    public string Description => _settings.BootstrapServers;

    public IGroupConsumer CreateGroupConsumer(GroupConsumerOptions options)
    {
        var config = Config(ConfluentDefaults.GroupConsumer(options), options.ClientId, _settings.Consumer);
        return new ConfluentGroupConsumer(options, AssignorRules.Check(options, config), config, Description, _log);
    }

    public ITableReader CreateTableReader(TableReaderOptions options)
    {
        var config = Config(ConfluentDefaults.TableConsumer(options.ClientId), options.ClientId, _settings.TableConsumer);
        return _tableReaders?.Create(config, Description) ?? new ConsumerTableReader(config, Description, _log);
    }

    public IRecordProducer CreateProducer(ProducerOptions options)
    {
        var config = Config(ConfluentDefaults.Producer(options), options.ClientId, _settings.Producer);
        ConfluentDefaults.LimitBatches(config, options.BatchLimits.Values);
        return new NativeProducer(config, options.BatchLimits, _log);
    }

    public ITopicManager CreateTopicManager() =>
        new ConfluentTopicManager(_settings, Config([], _settings.ClientId + "-topics", new Dictionary<string, string>()), _log);

    public Task<IReadOnlyList<TopicPartitionOffset>> Committed(string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation) =>
        Offsets().Committed(group, partitions, cancellation);

    public Task Set(string group, IReadOnlyCollection<TopicPartitionOffset> offsets, CancellationToken cancellation) => Offsets().Set(group, offsets, cancellation);

    ConfluentGroupOffsets Offsets() => new(
        group =>
        {
            var client = $"{_settings.ClientId}-offsets";
            var config = Config(ConfluentDefaults.GroupConsumer(new GroupConsumerOptions(group, client)), client, _settings.Consumer);
            config["enable.auto.commit"] = "false";
            return config;
        },
        _settings.ConnectTimeout, Description, _log);

    /// <summary>Our defaults, over them what is set for all clients, over that what is set for this kind.</summary>
    Dictionary<string, string> Config(
        Dictionary<string, string> defaults, string clientId, IReadOnlyDictionary<string, string> kind)
    {
        var config = new Dictionary<string, string>(defaults)
        {
            ["bootstrap.servers"] = _settings.BootstrapServers,
            ["client.id"] = clientId,
        };
        config.TryAdd("socket.timeout.ms", $"{ConfluentDefaults.SocketTimeout.TotalMilliseconds}");
        foreach (var (key, value) in _settings.Client.Concat(kind))
            config[key] = value;
        return config;
    }
}
