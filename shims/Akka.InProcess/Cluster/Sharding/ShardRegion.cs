namespace Akka.Cluster.Sharding;

/// <summary>The messages that every region understands.</summary>
public sealed class ShardRegion
{
    ShardRegion()
    {
    }

    /// <summary>Starts an entity that nobody sends a message to.</summary>
    public sealed class StartEntity : IClusterShardingSerializable, IEquatable<StartEntity>
    {
        public readonly string EntityId;

        public StartEntity(string entityId) => EntityId = entityId;

        public bool Equals(StartEntity other) => other is not null && EntityId == other.EntityId;

        public override bool Equals(object obj) => Equals(obj as StartEntity);

        public override int GetHashCode() => EntityId.GetHashCode();

        public override string ToString() => $"StartEntity({EntityId})";
    }
}
