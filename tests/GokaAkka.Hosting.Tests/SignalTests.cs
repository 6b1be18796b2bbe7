using System.Runtime.InteropServices;

namespace GokaAkka.Hosting.Tests;

/// <summary>A signal reaches every host of the process: no other test runs meanwhile.</summary>
[CollectionDefinition(nameof(SignalTests), DisableParallelization = true)]
[Collection(nameof(SignalTests))]
public sealed class SignalTests : HostingTest
{
    [Fact]
    public async Task Host_must_stop_in_its_own_order_on_a_signal_whatever_HOCON_says_of_signals()
    {
        using var last = new LastService();
        using var host = Build(
            g => g.AddProcessor(Counting()).AddHocon("akka.coordinated-shutdown.run-by-clr-shutdown-hook = on"),
            b => b.Services.AddSingleton<IHostedService>(last));
        await host.StartAsync().WaitAsync(Patience);
        var processor = host.Services.GetRequiredService<Processor<long>>();
        await processor.Ready.WaitAsync(Patience);
        var stopped = host.WaitForShutdownAsync();
        var taken = new TaskCompletionSource();
        // Handlers are called one after the other: Akka.NET's, were it on, would come before this one and return once the system has ended.
        using var handler = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => taken.SetResult());

        using var kill = Process.Start("kill", ["-TERM", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await taken.Task.WaitAsync(Patience);
        await last.IsStopping.Task.WaitAsync(Patience);

        processor.State.ShouldBe(ProcessorState.Running, "what was registered later is still to stop");
        last.MayStop.SetResult();
        await stopped.WaitAsync(Patience);
        processor.State.ShouldBe(ProcessorState.Stopped);
        Kafka.Members(Group).ShouldBeEmpty();
    }

    sealed class LastService : IHostedService, IDisposable
    {
        public TaskCompletionSource IsStopping { get; } = new();

        public TaskCompletionSource MayStop { get; } = new();

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            IsStopping.TrySetResult();
            return MayStop.Task.WaitAsync(cancellationToken);
        }

        public void Dispose() => MayStop.TrySetResult();
    }
}
