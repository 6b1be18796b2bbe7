using System.Runtime.InteropServices;
using Akka.Configuration;

namespace GokaAkka;

/// <summary>
/// Turns the first SIGTERM or SIGINT into a cancelled token, for a clean stop; the next one ends the process at once. From the moment it is
/// made until it is disposed. For programs that end their actor systems themselves and do something before: such systems get
/// <see cref="Settings"/>.
/// </summary>
/// <remarks>
/// Not needed with <see cref="GokaNode"/> and GokaAkka.Hosting, which see to it, nor where the system's end is all there is to do: Akka.NET's own
/// handler runs CoordinatedShutdown then, which stops processors and leaves their groups.
/// </remarks>
/// <example>
/// <code>
/// using var signals = new StopSignals();
/// var system = ActorSystem.Create("shop", StopSignals.Settings.WithFallback(config));
/// await Work(system, signals.Token);
/// await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
/// </code>
/// </example>
public sealed class StopSignals : IDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly PosixSignalRegistration[] _registrations;

    /// <summary>Takes signals from now on.</summary>
    public StopSignals() => _registrations =
        [PosixSignalRegistration.Create(PosixSignal.SIGINT, Take), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take)];

    /// <summary>
    /// Switches Akka.NET's own handler of SIGTERM and SIGINT off. It would shut the system down beside the program, before the program has ended what it
    /// does with it; and it cancels the effect of every further signal, so that a second one would not end the process.
    /// </summary>
    public static Config Settings { get; } = ConfigurationFactory.ParseString("akka.coordinated-shutdown.run-by-clr-shutdown-hook = off");

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Leaves signals alone again.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    void Take(PosixSignalContext signal)
    {
        if (_stop.IsCancellationRequested)
            return;
        signal.Cancel = true;
        _stop.Cancel();
    }
}
