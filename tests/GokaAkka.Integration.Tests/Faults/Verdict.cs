using GokaAkka.FaultWorker;

namespace GokaAkka.Integration.Tests.Faults;

/// <summary>What became of the messages of a run, by what was emitted and by the table.</summary>
/// <param name="Sent">Messages sent.</param>
/// <param name="Lost">Messages that nothing was emitted for.</param>
/// <param name="Emitted">Records emitted.</param>
/// <param name="Wrong">Keys whose idempotent fold in the table is not what was sent.</param>
/// <param name="Applied">What the table has counted, repeated messages included.</param>
sealed record Verdict(long Sent, IReadOnlyList<string> Lost, long Emitted, IReadOnlyList<string> Wrong, long Applied)
{
    /// <summary>
    /// Waits until everything sent has been counted, in what was emitted and in the table. A process that is killed may have emitted for
    /// messages whose table records were still on their way: whoever has its partitions then does those messages again.
    /// </summary>
    public static async Task Awaited(FaultCluster cluster, Load load, OutputWatch watch, Func<string> complaint)
    {
        await watch.Beside;
        await watch.Until(() => watch.Distinct == load.Count, () => $"sent {load.Count}, missing {string.Join(' ', watch.Missing(load.Sent))}\n{complaint()}");
        IReadOnlyList<string> wrong = [];
        await watch.Until(
            () => (wrong = WrongKeys(load, TableFold.Read(cluster))).Count == 0, () => $"keys wrong: {string.Join(", ", wrong)}\n{complaint()}");
    }

    /// <summary>Compares what was sent with what is to be found. For when the workers have ended, so that the table is complete.</summary>
    public static Verdict Of(FaultCluster cluster, Load load, OutputWatch watch)
    {
        var table = TableFold.Read(cluster);
        return new Verdict(load.Count, watch.Missing(load.Sent), watch.Total, WrongKeys(load, table), table.Values.Sum(t => t.Applied));
    }

    static IReadOnlyList<string> WrongKeys(Load load, IReadOnlyDictionary<string, Tally> table) =>
    [
        .. load.Sent
            .Select(s => (s.Key, Truth: s.Value, Found: table.GetValueOrDefault(s.Key)))
            .Where(k => k.Found.Last != k.Truth || k.Found.Distinct != k.Truth)
            .Select(k => $"{k.Key}: sent {k.Truth}, table {k.Found}"),
        .. table.Keys.Except(load.Sent.Keys).Select(k => $"{k}: never sent"),
    ];

    /// <summary>Every message has been counted, and the fold of the table is the truth.</summary>
    public void NothingLost()
    {
        Lost.ShouldBeEmpty();
        Wrong.ShouldBeEmpty();
        Applied.ShouldBeGreaterThanOrEqualTo(Sent);
    }

    /// <summary>Every message has been counted once, in the table and in what was emitted.</summary>
    public void ExactlyOnce()
    {
        NothingLost();
        Applied.ShouldBe(Sent);
        Emitted.ShouldBe(Sent);
    }

    public override string ToString() =>
        $"{Sent:#,0} messages, {Lost.Count} lost, {Emitted - Sent + Lost.Count:#,0} emitted again, {Applied - Sent:#,0} counted again in the table, {Wrong.Count} keys wrong";
}
