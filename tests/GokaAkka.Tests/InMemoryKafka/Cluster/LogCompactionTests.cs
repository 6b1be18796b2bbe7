namespace GokaAkka.Testing.Tests;

public sealed class LogCompactionTests
{
    static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    readonly PartitionLog _log = new();

    [Fact]
    public void A_tombstone_must_stay_until_its_retention_has_passed_since_the_first_pass()
    {
        _log.Put("a", "1");
        _log.Put("a", null);

        _log.Compact(TimeSpan.Zero, Hour);
        _log.ReadAll(0).Select(r => r.Text()).ShouldBe([null]);
        _log.Compact(Hour - TimeSpan.FromTicks(1), Hour);
        _log.ReadAll(0).Count.ShouldBe(1);
        _log.Compact(Hour, Hour);

        _log.ReadAll(0).ShouldBeEmpty();
        _log.HighWatermark.ShouldBe(2);
    }

    [Fact]
    public void A_marker_must_stay_while_a_record_of_its_transaction_does()
    {
        _log.Put("a", "1", transactionOf: 1);
        _log.EndTransaction(1, commit: true, now: 0);

        _log.Compact(TimeSpan.Zero, TimeSpan.Zero);
        _log.Entries.Count.ShouldBe(2);
        _log.Put("a", "2");
        _log.Compact(TimeSpan.Zero, TimeSpan.Zero);

        _log.Entries.Select(e => e.Offset).ShouldBe([2]);
    }

    [Fact]
    public void Nothing_at_or_behind_an_open_transaction_must_be_touched()
    {
        _log.Put("a", "1");
        _log.Put("a", "open", transactionOf: 1);
        _log.Put("a", "2");
        _log.Put("a", "3");

        _log.Compact(TimeSpan.Zero, TimeSpan.Zero);

        _log.Entries.Count.ShouldBe(4);
    }

    [Fact]
    public void Records_without_a_key_must_stay()
    {
        _log.Put(null, "1");
        _log.Put(null, "2");

        _log.Compact(TimeSpan.Zero, TimeSpan.Zero);

        _log.Entries.Count.ShouldBe(2);
    }

    /// <summary>
    /// Any mixture of appends, transactions, compaction and deletion, against a model that keeps every committed record: what compaction leaves is
    /// the last value per key, in order, and readers from any offset agree.
    /// </summary>
    [Fact]
    public void Whatever_happens_readers_must_see_the_committed_records_and_the_last_of_each_key() => Seeds.Each(400, random =>
    {
        var log = new PartitionLog();
        var open = new Dictionary<long, List<(long Offset, string Key, string? Value)>>();
        var committed = new SortedDictionary<long, (string Key, string? Value)>();
        var compactedTo = 0L;
        for (var step = 0; step < 120; step++)
        {
            var key = $"k{random.Next(6)}";
            var value = random.Next(4) == 0 ? null : $"{step}";
            switch (random.Next(10))
            {
                case < 4:
                    committed.Add(log.Put(key, value), (key, value));
                    break;
                case < 7:
                    var producer = random.Next(3);
                    if (!open.TryGetValue(producer, out var pending))
                        open[producer] = pending = [];
                    pending.Add((log.Put(key, value, producer), key, value));
                    break;
                case 7 when open.Count > 0:
                    var (ended, records) = open.ElementAt(random.Next(open.Count));
                    var commit = random.Next(2) == 0;
                    log.EndTransaction(ended, commit, now: 0);
                    open.Remove(ended);
                    foreach (var record in commit ? records : [])
                        committed.Add(record.Offset, (record.Key, record.Value));
                    break;
                case 8:
                    log.Compact(TimeSpan.Zero, Hour);
                    compactedTo = log.LastStableOffset;
                    break;
                case 9 when random.Next(6) == 0:
                    log.DeleteBefore(random.NextInt64(log.LogStart, log.LastStableOffset + 1));
                    break;
            }

            Check(log, open, committed, compactedTo, random);
        }
    });

    static void Check(
        PartitionLog log, Dictionary<long, List<(long Offset, string Key, string? Value)>> open,
        SortedDictionary<long, (string Key, string? Value)> committed, long compactedTo, Random random)
    {
        var stable = open.Values.Select(o => o[0].Offset).Append(log.HighWatermark).Min();
        log.LastStableOffset.ShouldBe(stable);
        var visible = committed.Where(c => c.Key >= log.LogStart && c.Key < stable).ToList();
        var lastPerKey = visible.Where(c => c.Key < compactedTo).GroupBy(c => c.Value.Key).ToDictionary(g => g.Key, g => g.Last().Key);
        // Below the last compaction only the last record of each key, above it all of them.
        var expected = visible.Where(c => c.Key >= compactedTo || lastPerKey[c.Value.Key] == c.Key);

        var read = log.ReadAll(log.LogStart, atOnce: random.Next(1, 5));

        read.Select(r => (r.Offset, r.Key(), r.Text())).ShouldBe(expected.Select(c => (c.Key, c.Value.Key, c.Value.Value)));
        var from = random.NextInt64(log.LogStart, stable + 1);
        log.ReadAll(from).Select(r => r.Offset).ShouldBe(read.Select(r => r.Offset).Where(o => o >= from));
    }
}
