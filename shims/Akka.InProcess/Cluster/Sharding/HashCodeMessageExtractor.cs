using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>Spreads entities over a fixed number of shards by a hash of their ids.</summary>
public abstract class HashCodeMessageExtractor : IMessageExtractor
{
    public readonly int MaxNumberOfShards;

    protected HashCodeMessageExtractor(int maxNumberOfShards) => MaxNumberOfShards = maxNumberOfShards;

    public static HashCodeMessageExtractor Create(int maxNumberOfShards, Func<object, string> entityIdExtractor,
        Func<object, object> messageExtractor = null) => new Implementation(maxNumberOfShards, entityIdExtractor, messageExtractor);

    public abstract string EntityId(object message);

    public virtual object EntityMessage(object message) => message;

    [Obsolete("Use ShardId(EntityId, object) instead.")]
    public virtual string ShardId(object message) =>
        (message is ShardRegion.StartEntity start ? start.EntityId : EntityId(message)) is { Length: > 0 } id ? ShardId(id) : null;

    public virtual string ShardId(string entityId, object messageHint = null)
    {
        var hash = 2166136261u;
        foreach (var c in entityId)
            hash = (hash ^ c) * 16777619;
        return (hash % (uint)MaxNumberOfShards).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    sealed class Implementation(int shards, Func<object, string> entityId, Func<object, object> entityMessage) : HashCodeMessageExtractor(shards)
    {
        public override string EntityId(object message) => entityId(message);

        public override object EntityMessage(object message) => entityMessage?.Invoke(message) ?? message;
    }
}

/// <summary>Knows the sharding's own messages to entities, and asks the program's extractor for all others.</summary>
sealed class EnvelopeExtractor(IMessageExtractor extractor)
{
    public string EntityId(object message) => message switch
    {
        ShardRegion.StartEntity start => start.EntityId,
        ShardingEnvelope envelope => envelope.EntityId,
        _ => extractor.EntityId(message),
    };

    public string ShardId(string entityId, object message) => extractor.ShardId(entityId, message);

    public object EntityMessage(object message) => message is ShardingEnvelope envelope ? envelope.Message : extractor.EntityMessage(message);
}
