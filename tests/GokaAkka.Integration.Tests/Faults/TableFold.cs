using GokaAkka.FaultWorker;

namespace GokaAkka.Integration.Tests.Faults;

/// <summary>A group's table as its topic has it: the last value of each key, read_committed, without any of the library's own reading.</summary>
static class TableFold
{
    public static IReadOnlyDictionary<string, Tally> Read(FaultCluster cluster)
    {
        var table = new Dictionary<string, Tally>();
        foreach (var record in Clients.ReadToEnd(cluster.Bootstrap, cluster.Table, FaultCluster.Partitions))
            table[Encoding.UTF8.GetString(record.Message.Key)] = Tally.Codec.Decode(record.Message.Value);
        return table;
    }
}
