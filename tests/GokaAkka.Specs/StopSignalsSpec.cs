using GokaAkka.Specs.Telemetry;

namespace GokaAkka.Specs;

/// <summary>Signals to this process, which each actor system in it may take for its own: nothing else runs meanwhile.</summary>
[Collection(nameof(AloneCollection))]
public sealed class StopSignalsSpec
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Node_must_take_a_signal_for_a_wish_to_stop(string signal)
    {
        using var signals = new StopSignals();
        var told = new TaskCompletionSource();
        await using var registration = signals.Token.Register(told.SetResult);

        using var kill = Process.Start("kill", [$"-{signal}", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);

        await told.Task.WaitAsync(Patience);
    }
}
