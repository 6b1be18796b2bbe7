using Akka.Actor;
using Akka.Configuration;
using GokaAkka.Kafka;
using GokaAkka.Kafka.Polling;
using GokaAkka.Processing;

namespace GokaAkka.Actors;

/// <summary>All settings under <c>goka</c>, read once from an actor system's configuration. Every key has its default in reference.conf.</summary>
public sealed record GokaSettings
{
    GokaSettings(Config goka)
    {
        Kafka = KafkaSettingsReader.Read(goka.GetConfig("kafka"));
        Processor = ProcessorSettings.Read(goka.GetConfig("processor"));
        Table = TableSettings.Read(goka.GetConfig("table"));
        StorageProvider = goka.GetString("storage.provider");
        StorageDirectory = goka.GetString("storage.directory") is { Length: > 0 } directory ? directory : DefaultDirectory();
        ViewCacheBytes = Bytes(goka, "view.cache-size");
        EmitterMaxPending = goka.GetInt("emitter.max-pending");
        EmitterCloseTimeout = goka.GetTimeSpan("emitter.close-timeout");
    }

    /// <summary>How the cluster is reached.</summary>
    public KafkaSettings Kafka { get; init; }

    /// <summary>How processors run.</summary>
    public ProcessorSettings Processor { get; init; }

    /// <summary>How tables are kept.</summary>
    public TableSettings Table { get; init; }

    /// <summary>Which local store tables live in.</summary>
    public string StorageProvider { get; init; }

    /// <summary>Where durable stores keep their files.</summary>
    public string StorageDirectory { get; init; }

    /// <summary>Memory for a view's values, in bytes.</summary>
    public long ViewCacheBytes { get; init; }

    /// <summary>Records of an emitter that may wait for their acknowledgement.</summary>
    public int EmitterMaxPending { get; init; }

    /// <summary>How long disposing an emitter waits.</summary>
    public TimeSpan EmitterCloseTimeout { get; init; }

    /// <summary>The settings of an actor system.</summary>
    public static GokaSettings Create(ActorSystem system) => new(system.Settings.Config.GetConfig("goka"));

    /// <summary>The defaults: this assembly's reference.conf.</summary>
    public static Config DefaultConfig() => ConfigurationFactory.FromResource<GokaSettings>("GokaAkka.reference.conf");

    internal static long Bytes(Config config, string path) =>
        config.GetByteSize(path) ?? throw new ConfigurationException($"goka: '{path}' is not a size such as 64MiB.");

    internal static T Choice<T>(Config config, string path, string full, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        var found = config.GetString(path);
        foreach (var (name, value) in choices)
        {
            if (string.Equals(name, found, StringComparison.OrdinalIgnoreCase))
                return value;
        }

        var names = new List<string>();
        foreach (var (name, _) in choices)
            names.Add(name);
        throw new ConfigurationException($"{full} = '{found}' is not one of {string.Join(", ", names)}.");
    }

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

    /// <summary>Where an input without a committed offset starts.</summary>
    public required StartOffset StartOffset { get; init; }

    /// <summary>What happens when a record fails.</summary>
    public required ErrorPolicy OnError { get; init; }

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

    internal PollOptions Poll { get; init; } = new();

    internal static ProcessorSettings Read(Config processor) => new()
    {
        Partitioner = Partitioners.Named(processor.GetString("partitioner")),
        StartOffset = GokaSettings.Choice(
            processor, "start-offset", "goka.processor.start-offset", ("earliest", StartOffset.Earliest), ("latest", StartOffset.Latest)),
        OnError = GokaSettings.Choice(
            processor, "on-error", "goka.processor.on-error",
            ("restart", ErrorPolicy.Restart), ("fail", ErrorPolicy.Fail), ("skip", ErrorPolicy.Skip)),
        DrainTimeout = processor.GetTimeSpan("drain-timeout"),
        MinBackoff = processor.GetTimeSpan("restart.min-backoff"),
        MaxBackoff = processor.GetTimeSpan("restart.max-backoff"),
        MaxRestarts = processor.GetInt("restart.max-restarts"),
        RestartsWithin = processor.GetTimeSpan("restart.within"),
        Poll = new PollOptions
        {
            Timeout = processor.GetTimeSpan("poll-timeout"),
            Records = processor.GetInt("poll-records"),
            QueuedRecords = processor.GetInt("queued-records"),
            QueuedBytes = GokaSettings.Bytes(processor, "queued-bytes"),
            CommitInterval = processor.GetTimeSpan("commit-interval"),
            DrainTimeout = processor.GetTimeSpan("drain-timeout"),
        },
    };
}

/// <summary>Settings under <c>goka.table</c>.</summary>
public sealed record TableSettings
{
    // Below this a partition's cache would hold next to nothing, and the store would be read for nearly every record.
    internal const long SmallestCache = 256 * 1024;

    /// <summary>How often changes are written to the local store.</summary>
    public required TimeSpan FlushInterval { get; init; }

    /// <summary>Memory for a group table's values on this node, in bytes.</summary>
    public required long CacheBytes { get; init; }

    /// <summary>Bytes gathered before they are written while restoring.</summary>
    public required long RestoreWriteBytes { get; init; }

    /// <summary>Batches on their way to a table.</summary>
    public required int RestoreBatches { get; init; }

    internal static TableSettings Read(Config table) => new()
    {
        FlushInterval = table.GetTimeSpan("flush-interval"),
        CacheBytes = GokaSettings.Bytes(table, "cache-size"),
        RestoreWriteBytes = GokaSettings.Bytes(table, "restore-write-size"),
        RestoreBatches = table.GetInt("restore-batches"),
    };
}
