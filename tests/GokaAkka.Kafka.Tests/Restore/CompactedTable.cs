using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Node = GokaAkka.Integration.Tests.Restore.Node;

namespace GokaAkka.RealKafka.Restore;

/// <summary>
/// A group that sets and deletes what its input says, and its table's topic, of one partition, which the brokers compact as soon as they can.
/// </summary>
sealed class CompactedTable
{
    /// <summary>A key that is written until a segment is full of age and the cleaner has been through it.</summary>
    public const string Roller = "roller";

    readonly string _group = KafkaClientContract.Unique("compacted");
    int _rolls;

    CompactedTable()
    {
    }

    public string Topic => _group + "-table";

    string Input => _group + "-in";

    public GroupGraph<string> Graph => GroupGraph.Define<string>(_group, g => g
        .Input(Input, Codec.String, (ctx, value) =>
        {
            if (value.Length > 0)
                ctx.SetValue(value);
            else
                ctx.Delete();
        })
        .Persist(Codec.String));

    /// <param name="policy">The topic's cleanup.policy.</param>
    /// <param name="tombstones">How long deletions are kept.</param>
    public static async Task<CompactedTable> Create(string policy, TimeSpan tombstones)
    {
        var table = new CompactedTable();
        using var admin = Clients.Admin(KafkaRun.Bootstrap);
        await admin.CreateTopicsAsync(
        [
            new TopicSpecification { Name = table.Input, NumPartitions = 1 },
            new TopicSpecification
            {
                Name = table.Topic,
                NumPartitions = 1,
                Configs = new Dictionary<string, string>
                {
                    ["cleanup.policy"] = policy, ["segment.ms"] = "500", ["min.cleanable.dirty.ratio"] = "0.001", ["delete.retention.ms"] = $"{tombstones.TotalMilliseconds:0}",
                },
            },
        ]);
        return table;
    }

    /// <summary>Sets keys, or deletes those whose value is empty, and waits until it is in the table.</summary>
    public async Task Change(Node node, Processor<string> processor, params (string Key, string Value)[] changes)
    {
        await using var emitter = node.Goka.Emitter(Input, Codec.String);
        var last = (await Task.WhenAll(changes.Select(c => emitter.Emit(c.Key, c.Value))).WaitAsync(Node.Patience)).Max(r => r.Offset);
        await Eventually.Holds(
            () => processor.Partitions.Any(p => p.Inputs.Any(i => i.DoneOffset > last)), () => $"offset {last} of {Input} was never done");
    }

    /// <summary>Writes on until the topic is compacted: of each key there is one record, or none where <paramref name="gone"/> says so.</summary>
    public async Task Compact(Node node, Processor<string> processor, Func<string, bool> gone)
    {
        IReadOnlyList<ConsumeResult<byte[], byte[]>> records = [];
        await Eventually.Holds(
            async () =>
            {
                await Change(node, processor, (Roller, $"{++_rolls}"));
                records = Records();
                var keys = records.Select(r => Encoding.UTF8.GetString(r.Message.Key)).Where(k => k != Roller).ToList();
                return keys.Distinct().Count() == keys.Count && !keys.Exists(k => gone(k));
            },
            () => $"{Topic} was not compacted: {string.Join(' ', records.Select(r => $"{r.Offset}:{Encoding.UTF8.GetString(r.Message.Key)}"))}");
    }

    /// <summary>What the topic holds, as a plain consumer reads it.</summary>
    public IReadOnlyList<ConsumeResult<byte[], byte[]>> Records() => Clients.ReadToEnd(KafkaRun.Bootstrap, Topic, 1);
}
