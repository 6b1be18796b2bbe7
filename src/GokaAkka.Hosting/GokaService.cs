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
                ended => Failed(part, ended.Exception!.GetBaseException()), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await runtime.Stop(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            CutOff(string.Join(", ", (runtime.Started ?? []).Select(static p => $"{p.Part} ({p.Running.Ready().Reason})")));
        }

        if (_failure is { } failure && builder.OnFailure == ProcessorFailureBehavior.StopHost)
            ExceptionDispatchInfo.Throw(failure);
    }

    void Failed(Part part, Exception error)
    {
        _failure ??= error;
        if (builder.OnFailure == ProcessorFailureBehavior.Ignore)
        {
            HasFailed(error, part.ToString());
            return;
        }

        StopsHost(error, part.ToString());
        lifetime.StopApplication();
    }

    [LoggerMessage(LogLevel.Error, "The {Part} has failed.")]
    partial void HasFailed(Exception error, string part);

    [LoggerMessage(LogLevel.Critical, "The {Part} has failed, so the host stops. GokaBuilder.OnFailure = Ignore lets it go on.")]
    partial void StopsHost(Exception error, string part);

    [LoggerMessage(LogLevel.Error, "The host's shutdown time-out is over before everything has stopped: {Parts}. What was not committed is processed again. "
        + "HostOptions.ShutdownTimeout should be longer than goka.processor.drain-timeout.")]
    partial void CutOff(string parts);
}
