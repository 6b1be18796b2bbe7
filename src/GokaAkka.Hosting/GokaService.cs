using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GokaAkka.Hosting;

/// <summary>Starts and stops with the host what it was told to run, and looks after it in between.</summary>
sealed partial class GokaService(GokaRuntime runtime, GokaBuilder builder, IHostApplicationLifetime lifetime, ILogger<GokaService> log) : IHostedService
{
    volatile Exception? _failure;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (part, running) in runtime.StartAll())
            running.Ended.ContinueWith(
                ended => Failed(part.ToString(), ended.Exception!.GetBaseException()), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _ = WatchSystem();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await runtime.Stop(cancellationToken).ConfigureAwait(false);
            _failure ??= runtime.FaultOfEnd;
        }
        catch (OperationCanceledException)
        {
            var parts = string.Join(", ", (runtime.Started ?? []).Select(static p => $"{p.Part} ({p.Running.Ready().Reason})"));
            CutOff(parts);
            _failure ??= new TimeoutException($"The host's shutdown time-out was over before all had stopped: {parts}.");
        }

        if (_failure is { } failure && builder.OnFailure == ProcessorFailureBehavior.StopHost)
            ExceptionDispatchInfo.Throw(failure);
    }

    async Task WatchSystem()
    {
        if (!await runtime.SystemEndsByItself().ConfigureAwait(false))
            return;
        if (runtime.FaultOfEnd is { } fault)
        {
            Failed("actor system", fault);
        }
        else if (builder.OnFailure == ProcessorFailureBehavior.StopHost)
        {
            HasLeft();
            lifetime.StopApplication();
        }
    }

    void Failed(string part, Exception error)
    {
        _failure ??= error;
        if (builder.OnFailure == ProcessorFailureBehavior.Ignore)
        {
            HasFailed(error, part);
            return;
        }

        StopsHost(error, part);
        lifetime.StopApplication();
    }

    [LoggerMessage(LogLevel.Warning, "The node has left its cluster, as the cluster was told to have it do, so the host stops.")]
    partial void HasLeft();

    [LoggerMessage(LogLevel.Error, "The {Part} has failed.")]
    partial void HasFailed(Exception error, string part);

    [LoggerMessage(LogLevel.Critical, "The {Part} has failed, so the host stops. GokaBuilder.OnFailure = Ignore lets it go on.")]
    partial void StopsHost(Exception error, string part);

    [LoggerMessage(LogLevel.Error, "The host's shutdown time-out is over before everything has stopped: {Parts}. What was not committed is processed again. "
        + "HostOptions.ShutdownTimeout should be longer than goka.processor.drain-timeout.")]
    partial void CutOff(string parts);
}
