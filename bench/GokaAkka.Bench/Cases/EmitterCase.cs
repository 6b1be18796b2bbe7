using GokaAkka.Codecs;
using GokaAkka.Records;

namespace GokaAkka.Bench.Cases;

/// <summary>An emitter that emits without waiting for each acknowledgement and for all of them in the end.</summary>
static class EmitterCase
{
    const int InFlight = 10_000;

    public static async Task<Measured> Run(CaseRun run)
    {
        var output = await run.Topic(run.Own("out")).ConfigureAwait(false);
        await using var emitter = run.Goka.Emitter(output, Codec.Bytes);
        var value = new byte[run.Scenario.ValueSize];
        Task last = Task.CompletedTask;
        var meter = Meter.Start();
        for (var i = 0; i < run.Scenario.Records; i++)
        {
            var earlier = last;
            last = emitter.Emit(new Key(Dataset.Key(Dataset.KeyOf(run.Scenario, i))), value);
            // Bounds what is under way, as an application would that does not wait for each.
            if (i % InFlight == 0)
                await earlier.ConfigureAwait(false);
        }

        await emitter.Flush().ConfigureAwait(false);
        await last.ConfigureAwait(false);
        return meter.Stop(run.Scenario.Records);
    }
}
