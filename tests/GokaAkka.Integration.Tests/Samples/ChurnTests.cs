namespace GokaAkka.Integration.Tests.Samples;

/// <summary>The table of a history must be exact to the byte, whatever happens to the processes that make it.</summary>
[Collection(SamplesCollection.Name)]
public sealed class ChurnTests : IDisposable
{
    const string Topic = "churn:8";
    const string Table = "churn-per-path-table";
    const int GeneratedLines = 12_000;
    const int Seed = 20_170_628;

    readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [RealHistoryFact]
    public Task One_process_must_write_the_table_of_the_real_history() => OneProcess(History.Real(), gzip: true);

    [Fact]
    public Task One_process_must_write_the_table_of_a_generated_history() => OneProcess(History.Generated(GeneratedLines, Seed), gzip: false);

    [RealHistoryFact]
    public Task A_second_processor_that_joins_half_way_must_leave_the_real_table_exact() => SecondJoins(History.Real());

    [Fact]
    public Task A_second_processor_that_joins_half_way_must_leave_a_generated_table_exact() => SecondJoins(History.Generated(GeneratedLines, Seed));

    [RealHistoryFact]
    public Task A_processor_killed_half_way_and_started_again_must_leave_the_real_table_exact() => KilledHalfWay(History.Real());

    [Fact]
    public Task A_processor_killed_half_way_and_started_again_must_leave_a_generated_table_exact() =>
        KilledHalfWay(History.Generated(GeneratedLines, Seed));

    async Task OneProcess(History history, bool gzip)
    {
        // Named as the other kind, so that only the contents tell.
        var input = history.Write(_files[gzip ? "history.tsv" : "history.tsv.gz"], .., gzip);

        using var churn = await ChildProcess.Run(Builds.Churn, input, "--out", _files["table"]);

        (await churn.ExitCode()).ShouldBe(0, churn.ToString());
        ShouldBeExact(history);
        churn.Output.ShouldContain(history.Lines.Count.ToString("#,0", CultureInfo.InvariantCulture) + " changes");
    }

    async Task SecondJoins(History history)
    {
        using var broker = await StandaloneBroker.Start(Topic);
        var half = history.Lines.Count / 2;
        var threeQuarters = history.Lines.Count * 3 / 4;
        using var first = StartProcessor(broker, "first");
        await Emit(broker, history, ..half);
        await Processed(broker, 1);

        using var second = StartProcessor(broker, "second");
        await Emit(broker, history, half..threeQuarters);
        await second.Printed("partitions: [1-7] running");
        await Emit(broker, history, threeQuarters..);
        await Export(broker);

        ShouldBeExact(history);
        foreach (var processor in new[] { first, second })
        {
            processor.Signal(ChildProcess.Terminate);
            (await processor.ExitCode()).ShouldBe(0, processor.ToString());
            (await MessagesOf(processor)).ShouldBeGreaterThan(0, processor.ToString());
        }
    }

    async Task KilledHalfWay(History history)
    {
        using var broker = await StandaloneBroker.Start(Topic);
        var half = history.Lines.Count / 2;
        using (var doomed = StartProcessor(broker, "kept"))
        {
            await Emit(broker, history, ..half);
            await Processed(broker, 1);
            doomed.Signal(ChildProcess.Kill);
            (await doomed.ExitCode()).ShouldNotBe(0);
        }

        await Emit(broker, history, half..);
        using var again = StartProcessor(broker, "kept");
        await Export(broker);

        ShouldBeExact(history);
        again.Signal(ChildProcess.Interrupt);
        (await again.ExitCode()).ShouldBe(0, again.ToString());
        (await MessagesOf(again)).ShouldBeGreaterThanOrEqualTo(history.Lines.Count - half, again.ToString());
    }

    ChildProcess StartProcessor(StandaloneBroker broker, string store) =>
        ChildProcess.Start(Builds.Churn, ["--role", "process", "--store", _files[store], .. broker.Arguments]);

    async Task Emit(StandaloneBroker broker, History history, Range lines)
    {
        var input = history.Write(_files["part"], lines);
        using var emit = await ChildProcess.Run(Builds.Churn, [input, "--role", "emit", .. broker.Arguments]);
        (await emit.ExitCode()).ShouldBe(0, emit.ToString());
    }

    async Task Export(StandaloneBroker broker)
    {
        using var export = await ChildProcess.Run(Builds.Churn, ["--role", "export", "--out", _files["table"], .. broker.Arguments]);
        (await export.ExitCode()).ShouldBe(0, export.ToString());
    }

    void ShouldBeExact(History history)
    {
        var found = File.ReadAllBytes(_files["table"]);
        if (found.AsSpan().SequenceEqual(history.Expected))
            return;
        var same = found.AsSpan().CommonPrefixLength(history.Expected);
        throw new InvalidOperationException(
            $"The table differs from byte {same} of {history.Expected.Length} (found {found.Length}), line {found.AsSpan(0, same).Count((byte)'\n') + 1}.");
    }

    static Task Processed(StandaloneBroker broker, long records) => Eventually.Holds(
        async () => await broker.Records(Table) >= records, () => $"the table's topic never got {records} records");

    static async Task<long> MessagesOf(ChildProcess processor) =>
        long.Parse((await processor.Printed(@"Stopped after ([\d,]+) messages")).Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
