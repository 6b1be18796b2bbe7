using System.Text.Json;
using GokaAkka.Actors;

namespace GokaAkka.Telemetry;

/// <summary>The attributes of measurements: OpenTelemetry's messaging conventions where they have a name, <c>goka.*</c> where they do not.</summary>
static class Tags
{
    public const string Group = "messaging.consumer.group.name";
    public const string Topic = "messaging.destination.name";
    public const string TopicPartition = "messaging.destination.partition.id";
    public const string Operation = "messaging.operation.name";
    public const string System = "messaging.system";
    public const string Kafka = "kafka";

    public const string Node = "goka.node";

    /// <summary>A partition of a group, of whatever topic: what a partition sends goes to any partition of its outputs.</summary>
    public const string Partition = "goka.partition";
    public const string State = "goka.state";
    public const string Role = "goka.role";
    public const string Rebalance = "goka.rebalance";

    public static KeyValuePair<string, object?> Of(string name, string value) => new(name, value);

    public static KeyValuePair<string, object?> Of(string name, int value) => new(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A state as attributes have it: in small letters, with underscores between words.</summary>
    public static KeyValuePair<string, object?> OfState<T>(T state) where T : struct, Enum => new(State, Names<T>.Of(state));

    /// <summary>What a node has a partition for.</summary>
    public static KeyValuePair<string, object?> OfRole(PartitionRole role) => new(Role, Names<PartitionRole>.Of(role));

    static class Names<T> where T : struct, Enum
    {
        static readonly Dictionary<T, string> Small = Enum.GetValues<T>().ToDictionary(static v => v, static v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));

        public static string Of(T value) => Small[value];
    }
}
