using Akka.Actor;
using GokaAkka.Codecs;
using GokaAkka.Graph;
using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Actors;

// Where a partition's own and joined tables come from.
sealed partial class PartitionActor<TState>
{
    Props ITableEdgeVisitor<Props>.Visit<T>(TableEdge<T> edge) => TableActor<T>.Props(Source(edge.Codec, edge.Topic, follow: true));

    TableSource<T> Source<T>(ICodec<T> codec, string topic, bool follow)
    {
        var settings = _processor.Settings.Table;
        return new TableSource<T>
        {
            Id = new StorageId(_processor.Graph.Group, topic, _partition),
            Codec = codec,
            Storage = _processor.Storage.Value,
            Reader = _connections.Reader,
            Topics = _connections.Topics,
            Time = _processor.Time,
            CacheBytes = Math.Max(settings.CacheBytes / _connections.Partitions, TableSettings.SmallestCache),
            WriteBytes = settings.RestoreWriteBytes,
            Batches = settings.RestoreBatches,
            Follow = follow,
            TombstoneRetention = _connections.TombstoneRetentions.GetValueOrDefault(topic),
            Troubles = _processor.Status.Troubles,
            Update = _processor.Options.Update,
            Progress = follow ? static _ => { } : _status.Take,
        };
    }
}
