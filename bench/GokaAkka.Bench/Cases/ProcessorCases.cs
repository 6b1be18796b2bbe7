using GokaAkka.Actors;
using GokaAkka.Codecs;
using GokaAkka.Graph;

namespace GokaAkka.Bench.Cases;

/// <summary>Processors over the scenario's records: measured from the first callback to the last acknowledgement.</summary>
static class ProcessorCases
{
    public static async Task<Measured> Count(CaseRun run)
    {
        var first = new FirstRecord();
        var graph = CountGraph(run, first);
        var processor = run.Goka.Process(graph);
        await CaseRun.Processed(processor, run.Scenario.Records).ConfigureAwait(false);
        await run.Written(graph.GroupTable!, run.Scenario.Records).ConfigureAwait(false);
        return first.Meter.Stop(run.Scenario.Records);
    }

    /// <summary>As <see cref="Count"/>, other than by default; over when everything is committed.</summary>
    public static async Task<Measured> Count(CaseRun run, ProcessorOptions options)
    {
        var first = new FirstRecord();
        var processor = run.Goka.Process(CountGraph(run, first), options);
        await CaseRun.Done(processor, run.Scenario.Records).ConfigureAwait(false);
        return first.Meter.Stop(run.Scenario.Records);
    }

    public static async Task<Measured> PassThrough(CaseRun run)
    {
        var output = await run.Topic(run.Own("out")).ConfigureAwait(false);
        var first = new FirstRecord();
        var graph = GroupGraph.Define<byte[]>(run.Own("pass"), g => g
            .Input(run.Input, Codec.Bytes, (context, value) =>
            {
                first.Seen();
                context.Emit(output, context.Key, value);
            })
            .Output(output, Codec.Bytes));
        return await Through(run, graph, output, first).ConfigureAwait(false);
    }

    public static async Task<Measured> Join(CaseRun run)
    {
        var output = await run.Topic(run.Own("out")).ConfigureAwait(false);
        var first = new FirstRecord();
        // The records are the table as well: each is joined with the last value of its key.
        var graph = GroupGraph.Define<byte[]>(run.Own("join"), g => g
            .Input(run.Input, Codec.Bytes, (context, value) =>
            {
                first.Seen();
                context.Emit(output, context.Key, context.Join<byte[]>(run.Input) ?? value);
            })
            .Join(run.Input, Codec.Bytes)
            .Output(output, Codec.Bytes));
        return await Through(run, graph, output, first).ConfigureAwait(false);
    }

    /// <summary>Counts records per key and writes every count.</summary>
    public static GroupGraph<long> CountGraph(CaseRun run, FirstRecord first) => GroupGraph.Define<long>(run.Own("count"), g => g
        .Input(run.Input, Codec.Bytes, (context, _) =>
        {
            first.Seen();
            context.SetValue(context.Value + 1);
        })
        .Persist(Codec.Int64));

    static async Task<Measured> Through(CaseRun run, GroupGraph<byte[]> graph, string output, FirstRecord first)
    {
        var processor = run.Goka.Process(graph);
        await CaseRun.Processed(processor, run.Scenario.Records).ConfigureAwait(false);
        await run.Written(output, run.Scenario.Records).ConfigureAwait(false);
        return first.Meter.Stop(run.Scenario.Records);
    }
}

/// <summary>Starts the measuring with the first record, whichever thread sees it.</summary>
sealed class FirstRecord
{
    volatile Meter? _meter;

    public Meter Meter => _meter ?? throw new InvalidOperationException("No record has come.");

    public void Seen()
    {
        if (_meter is null)
            Interlocked.CompareExchange(ref _meter, Meter.Start(), null);
    }
}
