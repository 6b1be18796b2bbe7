namespace GokaAkka.Testing.Tests;

/// <summary>Short ways to write to a partition's log and to read it.</summary>
static class LogFixture
{
    public static NewRecord Record(string? key, string? value, long timestamp = 0) => new(
        timestamp, key is null ? null : Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value));

    public static long Put(this PartitionLog log, string? key, string? value, long transactionOf = -1, long timestamp = 0) =>
        log.Append(Record(key, value, timestamp), now: 0, transactionOf);

    /// <summary>Reads everything from an offset on, a few records at a time.</summary>
    public static List<LogRecord> ReadAll(this PartitionLog log, long from, Isolation isolation = Isolation.ReadCommitted, int atOnce = 3)
    {
        var all = new List<LogRecord>();
        var position = from;
        while (true)
        {
            var before = all.Count;
            log.Read(ref position, atOnce, isolation, all).ShouldBe(ClusterError.None);
            if (all.Count == before)
            {
                position.ShouldBe(Math.Max(from, log.End(isolation)), "a reader that gets nothing more is at the end");
                return all;
            }
        }
    }

    public static string Key(this LogRecord record) => Encoding.UTF8.GetString(record.Key!);

    public static string? Text(this LogRecord record) => record.Value is null ? null : Encoding.UTF8.GetString(record.Value);
}
