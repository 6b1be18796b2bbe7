using GokaAkka.Codecs;
using GokaAkka.Runtime;

namespace GokaAkka.Actors;

/// <summary>Where the tables of a group's partitions are read from and where they are kept on this node: made once, immutable.</summary>
sealed record TableHome
{
    public required string Group { get; init; }

    public required TableSettings Settings { get; init; }

    public required IStorageProvider? Storage { get; init; }

    public required ITableReader Reader { get; init; }

    public required ITopicManager Topics { get; init; }

    public required NodeRuntime Runtime { get; init; }

    /// <summary>The partition count of the group's inputs and tables.</summary>
    public required int Partitions { get; init; }

    /// <summary>How long topics keep deletions, where that is known.</summary>
    public required IReadOnlyDictionary<string, TimeSpan?> TombstoneRetentions { get; init; }

    public required TroubleBoard Troubles { get; init; }

    /// <summary>What to do with records, in place of setting and removing keys.</summary>
    public TableUpdate? Update { get; init; }

    /// <summary>A partition of one of the tables.</summary>
    public TableSource<T> Source<T>(ICodec<T> codec, string topic, int partition, bool follow, Action<TableProgress> progress) => new()
    {
        Id = new StorageId(Group, topic, partition),
        Codec = codec,
        Storage = Storage!,
        Reader = Reader,
        Topics = Topics,
        Runtime = Runtime,
        CacheBytes = Math.Max(Settings.CacheBytes / Partitions, Settings.SmallestCache),
        WriteBytes = Settings.RestoreWriteBytes,
        Batches = Settings.RestoreBatches,
        Follow = follow,
        TombstoneRetention = TombstoneRetentions.GetValueOrDefault(topic),
        Troubles = Troubles,
        Update = Update,
        Progress = progress,
    };
}
