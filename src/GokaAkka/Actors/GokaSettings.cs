using Akka.Actor;
using Akka.Configuration;
using GokaAkka.Actors.Configuration;
using GokaAkka.Cluster;
using GokaAkka.Inspection;
using GokaAkka.Kafka.Polling;
using GokaAkka.Nodes;
using GokaAkka.Queries;
using GokaAkka.Tracing;

namespace GokaAkka.Actors;

/// <summary>All settings under <c>goka</c>, read once from an actor system's configuration. Every key has its default in reference.conf.</summary>
public sealed record GokaSettings
{
    readonly SettingsLayers _layers;

    GokaSettings(SettingsLayers layers)
    {
        _layers = layers;
        var goka = new SettingsSection(layers, "goka");
        Kafka = KafkaSettingsReader.Read(goka.Section("kafka"));
        Processor = ProcessorSettings.Read(goka.Section("processor"));
        Table = TableSettings.Read(goka.Section("table"));
        StartTimeout = goka.DurationOrNone("start-timeout");
        StorageProvider = goka.Text("storage.provider");
        StorageDirectory = goka.Text("storage.directory") is { Length: > 0 } directory ? directory : DefaultDirectory();
        ViewCacheBytes = goka.Size("view.cache-size");
        ViewMinBackoff = goka.Duration("view.restart.min-backoff");
        ViewMaxBackoff = goka.Duration("view.restart.max-backoff");
        ViewCheckInterval = goka.Duration("view.check-interval");
        ViewCheckTimeout = goka.Duration("view.check-timeout");
        Query = new QuerySettings
        {
            Timeout = goka.Duration("query.timeout"),
            AttemptTimeout = goka.Duration("query.attempt-timeout"),
            DirectAfter = goka.Duration("query.direct-after"),
        };
        Cluster = new ClusterSettings(goka.Section("cluster"));
        Inspection = InspectionSettings.Read(goka.Section("inspection"));
        Tracing = goka.Choice("tracing", ("off", TracingMode.Off), ("carry", TracingMode.Carry), ("batch", TracingMode.Batch), ("record", TracingMode.Record));
        Web = WebSettings.Read(goka.Section("web"), Name);
        Node = NodeSettings.Read(goka.Section("node"));
        EmitterMaxPending = goka.Number("emitter.max-pending", 1);
        EmitterMaxPendingBytes = goka.Size("emitter.max-pending-size");
        EmitterCloseTimeout = goka.Duration("emitter.close-timeout");
    }

    /// <summary>How the cluster is reached.</summary>
    public KafkaSettings Kafka { get; init; }

    /// <summary>How processors run.</summary>
    public ProcessorSettings Processor { get; init; }

    /// <summary>How tables are kept.</summary>
    public TableSettings Table { get; init; }

    /// <summary>How long processors and views wait at their start for brokers, and for tables that other groups make; null for as long as it takes.</summary>
    public TimeSpan? StartTimeout { get; init; }

    /// <summary>Which local store tables live in.</summary>
    public string StorageProvider { get; init; }

    /// <summary>Where durable stores keep their files.</summary>
    public string StorageDirectory { get; init; }

    /// <summary>Memory for a view's values, in bytes.</summary>
    public long ViewCacheBytes { get; init; }

    /// <summary>The first pause before a view's partition that has failed is started again.</summary>
    public TimeSpan ViewMinBackoff { get; init; }

    /// <summary>The longest pause.</summary>
    public TimeSpan ViewMaxBackoff { get; init; }

    /// <summary>How often a view asks the brokers whether they are there.</summary>
    public TimeSpan ViewCheckInterval { get; init; }

    /// <summary>How long they may take to answer before the view says that it is reconnecting.</summary>
    public TimeSpan ViewCheckTimeout { get; init; }

    /// <summary>How tables are read.</summary>
    public QuerySettings Query { get; init; }

    /// <summary>What a node does in a cluster.</summary>
    public ClusterSettings Cluster { get; init; }

    /// <summary>How nodes are looked into.</summary>
    public InspectionSettings Inspection { get; init; }

    /// <summary>What becomes of traces.</summary>
    public TracingMode Tracing { get; init; }

    /// <summary>How the web monitor is served, and commands are taken.</summary>
    public WebSettings Web { get; init; }

    /// <summary>Programs that are nodes.</summary>
    public NodeSettings Node { get; init; }

    /// <summary>Records of an emitter that may wait for their acknowledgement.</summary>
    public int EmitterMaxPending { get; init; }

    /// <summary>Bytes of an emitter's records that may wait for their acknowledgement.</summary>
    public long EmitterMaxPendingBytes { get; init; }

    /// <summary>How long disposing an emitter waits.</summary>
    public TimeSpan EmitterCloseTimeout { get; init; }

    /// <summary>The settings of an actor system, under those of the process's environment.</summary>
    /// <exception cref="ConfigurationException">
    /// A value makes no sense, or a key does not exist; the message names the key, what was found and what is expected.
    /// </exception>
    public static GokaSettings Create(ActorSystem system) => Create(SettingsLayers.Of(system.Settings.Config, SettingsVariables.OfProcess()));

    /// <summary>The settings of a configuration that holds every key, such as <see cref="DefaultConfig"/>.</summary>
    internal static GokaSettings Create(Config config) => Create(SettingsLayers.Of(config));

    internal static GokaSettings Create(SettingsLayers layers) => new(layers);

    /// <summary>How messages call a key, with the environment variable that has set it.</summary>
    internal string Name(string key) => _layers.Name(key);

    /// <summary>What is said of one kind of store.</summary>
    internal SettingsSection Store(string name) => new(_layers, $"goka.storage.{name}");

    /// <summary>The defaults: this assembly's reference.conf.</summary>
    public static Config DefaultConfig() => ConfigurationFactory.FromResource<GokaSettings>("GokaAkka.reference.conf");

    internal bool IsDefaultDirectory => StorageDirectory == DefaultDirectory();

    static string DefaultDirectory()
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(data.Length > 0 ? data : AppContext.BaseDirectory, "goka-akka");
    }
}

/// <summary>Settings under <c>goka.processor</c>.</summary>
public sealed record ProcessorSettings
{
    /// <summary>Places keys on partitions.</summary>
    public required IPartitioner Partitioner { get; init; }

    /// <summary>What is promised of each record's effects.</summary>
    public required Delivery Delivery { get; init; }

    /// <summary>How transactions run, with exactly-once delivery.</summary>
    public required TransactionSettings Transaction { get; init; }

    /// <summary>How long table records are held back so that only the last value of each key is sent; null for not at all.</summary>
    public required TimeSpan? CoalesceInterval { get; init; }

    /// <summary>Where an input without a committed offset starts.</summary>
    public required StartOffset StartOffset { get; init; }

    /// <summary>How members of a group hand partitions over.</summary>
    public required RebalanceProtocol Rebalance { get; init; }

    /// <summary>On how many other nodes a partition is kept ready.</summary>
    public required int Standby { get; init; }

    /// <summary>Whether all tables are restored before the group is joined.</summary>
    public required bool RecoverAhead { get; init; }

    /// <summary>What happens when a record fails.</summary>
    public required ErrorSettings Errors { get; init; }

    /// <summary>Bytes that a processor's partitions here may have sent and not acknowledged, together.</summary>
    public required long InFlightBytes { get; init; }

    /// <summary>How long a partition may take to drain.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>The first pause before a partition is started again.</summary>
    public required TimeSpan MinBackoff { get; init; }

    /// <summary>The longest pause.</summary>
    public required TimeSpan MaxBackoff { get; init; }

    /// <summary>Restarts of one partition before the processor fails.</summary>
    public required int MaxRestarts { get; init; }

    /// <summary>The time in which restarts count.</summary>
    public required TimeSpan RestartsWithin { get; init; }

    /// <summary>How often inputs are asked for how far they reach.</summary>
    public required TimeSpan LagInterval { get; init; }

    /// <summary>What is watched over.</summary>
    public required WatchSettings Watch { get; init; }

    internal PollOptions Poll { get; init; } = new();

    internal static ProcessorSettings Read(SettingsSection processor) => new()
    {
        Partitioner = processor.Choice("partitioner", ("fnv1a", Partitioners.Fnv1a), ("murmur2", Partitioners.Murmur2)),
        Delivery = processor.Choice("delivery", ("at-least-once", Delivery.AtLeastOnce), ("exactly-once", Delivery.ExactlyOnce)),
        CoalesceInterval = processor.DurationOrNone("coalesce-interval"),
        Transaction = TransactionSettings.Read(processor.Section("transaction")),
        StartOffset = processor.Choice("start-offset", ("earliest", StartOffset.Earliest), ("latest", StartOffset.Latest)),
        Rebalance = processor.Choice("rebalance", ("eager", RebalanceProtocol.Eager), ("cooperative", RebalanceProtocol.Cooperative)),
        Standby = processor.Number("standby", 0),
        RecoverAhead = processor.Flag("recover-ahead"),
        Errors = new ErrorSettingsReader(processor).Read(),
        InFlightBytes = processor.Size("in-flight-size"),
        DrainTimeout = processor.Duration("drain-timeout"),
        MinBackoff = processor.Duration("restart.min-backoff"),
        MaxBackoff = processor.Duration("restart.max-backoff"),
        MaxRestarts = processor.Number("restart.max-restarts", 0),
        RestartsWithin = processor.Duration("restart.within"),
        LagInterval = processor.Duration("lag-interval"),
        Watch = WatchSettings.Read(processor.Section("watchdog")),
        Poll = new PollOptions
        {
            Timeout = processor.Duration("poll-timeout"),
            Records = processor.Number("poll-records", 1),
            QueuedRecords = processor.Number("queued-records", 1),
            QueuedBytes = processor.Size("queued-bytes"),
            CommitInterval = processor.Duration("commit-interval"),
            CommitAgainInterval = processor.Duration("commit-again-interval"),
            DrainTimeout = processor.Duration("drain-timeout"),
        },
    };
}

/// <summary>Settings under <c>goka.table</c>.</summary>
public sealed record TableSettings
{
    /// <summary>How often changes are written to the local store.</summary>
    public required TimeSpan FlushInterval { get; init; }

    /// <summary>Memory for a group table's values on this node, in bytes.</summary>
    public required long CacheBytes { get; init; }

    /// <summary>Bytes gathered before they are written while restoring.</summary>
    public required long RestoreWriteBytes { get; init; }

    /// <summary>Batches on their way to a table.</summary>
    public required int RestoreBatches { get; init; }

    // Below this a partition's cache would hold next to nothing, and the store would be read for nearly every record.
    internal long SmallestCache { get; init; } = 256 * 1024;

    internal static TableSettings Read(SettingsSection table) => new()
    {
        FlushInterval = table.Duration("flush-interval"),
        CacheBytes = table.Size("cache-size"),
        RestoreWriteBytes = table.Size("restore-write-size"),
        RestoreBatches = table.Number("restore-batches", 1),
    };
}
