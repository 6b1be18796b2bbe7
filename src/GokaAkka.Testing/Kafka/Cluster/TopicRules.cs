namespace GokaAkka.Testing;

/// <summary>What brokers demand of a new topic, and what they fill in.</summary>
internal static class TopicRules
{
    const int LongestName = 249;

    /// <summary>Why the topic cannot be made, in words; <see cref="ClusterError.None"/> when it can.</summary>
    public static ClusterError Check(TopicSpec spec, int brokers, out string reason)
    {
        reason = "";
        if (!IsLegalName(spec.Name))
        {
            reason = $"'{spec.Name}' is no topic name: 1 to {LongestName} of letters, digits, '.', '_' and '-', and not '.' or '..'";
            return ClusterError.TopicException;
        }

        if (spec.Partitions < 1)
        {
            reason = $"topic '{spec.Name}' was asked for with {spec.Partitions} partitions; it takes at least 1";
            return ClusterError.InvalidPartitions;
        }

        if (spec.Replicas is { } replicas && (replicas < 1 || replicas > brokers))
        {
            reason = $"topic '{spec.Name}' was asked for with {replicas} replicas; there are {brokers} brokers";
            return ClusterError.InvalidReplicationFactor;
        }

        if (spec.Settings?.GetValueOrDefault("cleanup.policy") is { } policy
            && policy is not ("delete" or "compact" or "compact,delete" or "delete,compact"))
        {
            reason = $"topic '{spec.Name}' was asked for with cleanup.policy '{policy}'; known are 'delete', 'compact' and 'compact,delete'";
            return ClusterError.InvalidConfig;
        }

        foreach (var name in new[] { "retention.ms", "delete.retention.ms" })
        {
            if (spec.Settings?.GetValueOrDefault(name) is not { } value || long.TryParse(value, CultureInfo.InvariantCulture, out _))
                continue;
            reason = $"topic '{spec.Name}' was asked for with {name} '{value}'; it takes a number of milliseconds";
            return ClusterError.InvalidConfig;
        }

        return ClusterError.None;
    }

    /// <summary>Milliseconds that records are kept; -1 for ever.</summary>
    public static long Retention(IReadOnlyDictionary<string, string> settings) =>
        long.Parse(settings["retention.ms"], CultureInfo.InvariantCulture);

    /// <summary>How long compaction keeps tombstones and markers.</summary>
    public static TimeSpan DeleteRetention(IReadOnlyDictionary<string, string> settings) =>
        TimeSpan.FromMilliseconds(long.Parse(settings["delete.retention.ms"], CultureInfo.InvariantCulture));

    /// <summary>A topic's settings: those asked for over the brokers' defaults.</summary>
    public static Dictionary<string, string> Settings(IReadOnlyDictionary<string, string>? asked)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["cleanup.policy"] = "delete",
            ["retention.ms"] = TimeSpan.FromDays(7).TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
            ["delete.retention.ms"] = TimeSpan.FromDays(1).TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
            ["min.insync.replicas"] = "1",
        };
        foreach (var (name, value) in asked ?? new Dictionary<string, string>())
            settings[name] = value;
        return settings;
    }

    static bool IsLegalName(string name) =>
        name.Length is > 0 and <= LongestName && name is not ("." or "..") && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
