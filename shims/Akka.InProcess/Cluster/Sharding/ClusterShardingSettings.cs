using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster.Sharding;

/// <summary>The settings of one type of entity; akka.cluster.sharding is what they are made of.</summary>
public sealed class ClusterShardingSettings : INoSerializationVerificationNeeded
{
    /// <summary>Which nodes host shards; null for all.</summary>
    public readonly string Role;

    public readonly bool RememberEntities;

    /// <summary>How long an entity without a message lives; zero for ever.</summary>
    public readonly TimeSpan PassivateIdleEntityAfter;

    public readonly StateStoreMode StateStoreMode;

    public readonly TimeSpan ShardRegionQueryTimeout;

    public readonly TuningParameters TuningParameters;

    ClusterShardingSettings(string role, bool rememberEntities, TimeSpan passivateIdleEntityAfter, StateStoreMode stateStoreMode,
        TimeSpan shardRegionQueryTimeout, TuningParameters tuningParameters)
    {
        if (rememberEntities)
            throw new ConfigurationException("'akka.cluster.sharding.remember-entities' is on. The in-process implementation does not remember entities: set it to off.");
        Role = string.IsNullOrEmpty(role) ? null : role;
        RememberEntities = false;
        PassivateIdleEntityAfter = passivateIdleEntityAfter;
        StateStoreMode = stateStoreMode;
        ShardRegionQueryTimeout = shardRegionQueryTimeout;
        TuningParameters = tuningParameters;
    }

    public static ClusterShardingSettings Create(ActorSystem system) => Create(system.Settings.Config.GetConfig("akka.cluster.sharding"), null);

    public static ClusterShardingSettings Create(Config config, Config singletonConfig)
    {
        // As with Akka.NET, which throws a NullReferenceException then.
        if (config.IsNullOrEmpty() || config.GetString("state-store-mode") == null || config.GetString("guardian-name") == null)
            throw new ConfigurationException("Failed to create ClusterShardingSettings: 'akka.cluster.sharding' lacks its defaults. " +
                "Call ClusterSharding.Get(system) before, or add ClusterSharding.DefaultConfig() to the configuration.");
        if (!Enum.TryParse<StateStoreMode>(config.GetString("state-store-mode"), ignoreCase: true, out var mode))
            throw new ConfigurationException($"'akka.cluster.sharding.state-store-mode' is \"{config.GetString("state-store-mode")}\"; expected ddata or persistence.");
        var passivate = config.GetString("passivate-idle-entity-after");
        return new ClusterShardingSettings(config.GetString("role"), config.GetBoolean("remember-entities"),
            passivate is "off" or "false" or "no" ? TimeSpan.Zero : config.GetTimeSpan("passivate-idle-entity-after"), mode,
            config.GetTimeSpan("shard-region-query-timeout"), new TuningParameters(config));
    }

    public ClusterShardingSettings WithRole(string role) => Copy(role: role ?? "");

    public ClusterShardingSettings WithRememberEntities(bool rememberEntities) => Copy(rememberEntities: rememberEntities);

    public ClusterShardingSettings WithPassivateIdleAfter(TimeSpan duration) => Copy(passivateIdleEntityAfter: duration);

    public ClusterShardingSettings WithStateStoreMode(StateStoreMode mode) => Copy(stateStoreMode: mode);

    public ClusterShardingSettings WithTuningParameters(TuningParameters tuningParameters) => Copy(tuningParameters: tuningParameters);

    ClusterShardingSettings Copy(string role = null, bool? rememberEntities = null, TimeSpan? passivateIdleEntityAfter = null,
        StateStoreMode? stateStoreMode = null, TuningParameters tuningParameters = null) =>
        new(role ?? Role, rememberEntities ?? RememberEntities, passivateIdleEntityAfter ?? PassivateIdleEntityAfter,
            stateStoreMode ?? StateStoreMode, ShardRegionQueryTimeout, tuningParameters ?? TuningParameters);
}

/// <summary>Times and limits of the sharding.</summary>
public class TuningParameters
{
    /// <summary>How often what was not answered is sent again.</summary>
    public readonly TimeSpan RetryInterval;

    /// <summary>How many messages a region keeps for shards whose place it does not know.</summary>
    public readonly int BufferSize;

    /// <summary>How long the stop of a shard that moves may take.</summary>
    public readonly TimeSpan HandOffTimeout;

    public readonly TimeSpan ShardStartTimeout;

    /// <summary>How often the allocation strategy is asked what to move.</summary>
    public readonly TimeSpan RebalanceInterval;

    public readonly int LeastShardAllocationAbsoluteLimit;

    public readonly double LeastShardAllocationRelativeLimit;

    internal TuningParameters(Config config)
        : this(config.GetTimeSpan("retry-interval"), config.GetInt("buffer-size"), config.GetTimeSpan("handoff-timeout"),
            config.GetTimeSpan("shard-start-timeout"), config.GetTimeSpan("rebalance-interval"),
            config.GetInt("least-shard-allocation-strategy.rebalance-absolute-limit"),
            config.GetDouble("least-shard-allocation-strategy.rebalance-relative-limit"))
    {
    }

    TuningParameters(TimeSpan retryInterval, int bufferSize, TimeSpan handOffTimeout, TimeSpan shardStartTimeout, TimeSpan rebalanceInterval,
        int absoluteLimit, double relativeLimit)
    {
        RetryInterval = retryInterval;
        BufferSize = bufferSize;
        HandOffTimeout = handOffTimeout;
        ShardStartTimeout = shardStartTimeout;
        RebalanceInterval = rebalanceInterval;
        LeastShardAllocationAbsoluteLimit = absoluteLimit;
        LeastShardAllocationRelativeLimit = relativeLimit;
    }

    public TuningParameters WithRetryInterval(TimeSpan retryInterval) => Copy(retryInterval: retryInterval);

    public TuningParameters WithBufferSize(int bufferSize) => Copy(bufferSize: bufferSize);

    public TuningParameters WithHandOffTimeout(TimeSpan handOffTimeout) => Copy(handOffTimeout: handOffTimeout);

    public TuningParameters WithShardStartTimeout(TimeSpan shardStartTimeout) => Copy(shardStartTimeout: shardStartTimeout);

    public TuningParameters WithRebalanceInterval(TimeSpan rebalanceInterval) => Copy(rebalanceInterval: rebalanceInterval);

    TuningParameters Copy(TimeSpan? retryInterval = null, int? bufferSize = null, TimeSpan? handOffTimeout = null,
        TimeSpan? shardStartTimeout = null, TimeSpan? rebalanceInterval = null) =>
        new(retryInterval ?? RetryInterval, bufferSize ?? BufferSize, handOffTimeout ?? HandOffTimeout, shardStartTimeout ?? ShardStartTimeout,
            rebalanceInterval ?? RebalanceInterval, LeastShardAllocationAbsoluteLimit, LeastShardAllocationRelativeLimit);
}
