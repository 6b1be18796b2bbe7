using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster;

/// <summary>The settings below akka.cluster.</summary>
public sealed class ClusterSettings
{
    public ClusterSettings(Config config, string systemName)
    {
        var cluster = config.GetConfig("akka.cluster");
        SeedNodes = [.. cluster.GetStringList("seed-nodes").Select(seed => Seed(seed, systemName))];
        SeedNodeTimeout = cluster.GetTimeSpan("seed-node-timeout");
        RetryUnsuccessfulJoinAfter = Optional(cluster, "retry-unsuccessful-join-after");
        ShutdownAfterUnsuccessfulJoinSeedNodes = Optional(cluster, "shutdown-after-unsuccessful-join-seed-nodes");
        AutoDownUnreachableAfter = Optional(cluster, "auto-down-unreachable-after");
        Roles = [.. cluster.GetStringList("roles")];
        MinNrOfMembers = cluster.GetInt("min-nr-of-members");
        MinNrOfMembersOfRole = cluster.GetConfig("role") is { IsEmpty: false } roles
            ? roles.Root.GetObject().Items.ToImmutableDictionary(role => role.Key,
                role => (int)(role.Value.GetObject().GetKey("min-nr-of-members")?.GetLong() ?? 1))
            : [];
        HeartbeatInterval = cluster.GetTimeSpan("failure-detector.heartbeat-interval");
        RunCoordinatedShutdownWhenDown = cluster.GetBoolean("run-coordinated-shutdown-when-down");
        LogInfo = cluster.GetBoolean("log-info");
        AllowWeaklyUpMembers = cluster.GetString("allow-weakly-up-members") is not ("off" or "false");
        WeaklyUpAfter = AllowWeaklyUpMembers && cluster.GetString("allow-weakly-up-members") is not ("on" or "true")
            ? cluster.GetTimeSpan("allow-weakly-up-members")
            : TimeSpan.FromSeconds(7);
        FailureDetectorConfig = cluster.GetConfig("failure-detector");
        Downing = DowningSettings.Create(cluster, AutoDownUnreachableAfter);
    }

    public ImmutableList<Address> SeedNodes { get; }

    public TimeSpan SeedNodeTimeout { get; }

    public TimeSpan? RetryUnsuccessfulJoinAfter { get; }

    public TimeSpan? ShutdownAfterUnsuccessfulJoinSeedNodes { get; }

    public TimeSpan? AutoDownUnreachableAfter { get; }

    public ImmutableHashSet<string> Roles { get; }

    public int MinNrOfMembers { get; }

    public ImmutableDictionary<string, int> MinNrOfMembersOfRole { get; }

    public TimeSpan HeartbeatInterval { get; }

    public bool RunCoordinatedShutdownWhenDown { get; }

    public bool LogInfo { get; }

    public bool AllowWeaklyUpMembers { get; }

    public TimeSpan WeaklyUpAfter { get; }

    public Config FailureDetectorConfig { get; }

    /// <summary>How long after its end a node is found unreachable.</summary>
    internal TimeSpan UnreachableAfter => HeartbeatInterval + FailureDetectorConfig.GetTimeSpan("acceptable-heartbeat-pause");

    internal DowningSettings Downing { get; }

    static Address Seed(string seed, string systemName)
    {
        if (!Address.TryParse(seed, out var address) || address.HasLocalScope)
            throw new ConfigurationException(
                $"'akka.cluster.seed-nodes' has \"{seed}\"; expected an address such as \"akka.tcp://{systemName}@localhost:4053\".");
        return address;
    }

    static TimeSpan? Optional(Config config, string key) =>
        config.GetString(key) is "off" or "false" or "" or null ? null : config.GetTimeSpan(key);
}
