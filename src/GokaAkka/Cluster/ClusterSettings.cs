using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using GokaAkka.Actors;

namespace GokaAkka.Cluster;

/// <summary>Settings under <c>goka.cluster</c>.</summary>
public sealed record ClusterSettings
{
    internal ClusterSettings(SettingsSection section)
    {
        TellInterval = section.Duration("tell-interval");
        Sharding = new ShardingSettings(section.Section("sharding").Config);
    }

    /// <summary>How often a node tells the others what it has, beside every change.</summary>
    public TimeSpan TellInterval { get; init; }

    /// <summary>How partitions are sharded.</summary>
    internal ShardingSettings Sharding { get; }
}

/// <summary>The settings of the groups' shards, over those that the application has for its own.</summary>
/// <param name="Config">What <c>goka.cluster.sharding</c> says.</param>
sealed record ShardingSettings(Config Config)
{
    /// <summary>As the sharding of a system takes them, once its extension is there.</summary>
    public ClusterShardingSettings For(ActorSystem system)
    {
        var all = system.Settings.Config;
        return ClusterShardingSettings.Create(Config.WithFallback(all.GetConfig("akka.cluster.sharding")), all.GetConfig("akka.cluster.singleton"));
    }
}
