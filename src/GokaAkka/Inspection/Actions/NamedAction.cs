using Akka.Event;

namespace GokaAkka.Inspection.Actions;

/// <summary>One action: its function and how its last run went. One run at a time. Safe for concurrent use.</summary>
sealed class NamedAction(string name, string description, Func<string, CancellationToken, Task> run, TimeProvider time, ILoggingAdapter log)
{
    // A value may be long, and the log is not the place for it; nor for lines that look like its own.
    const int ShownOfValue = 200;

    readonly Lock _lock = new();
    volatile ActionReport _report = new() { Name = name, Description = description, Status = "idle" };
    CancellationTokenSource? _stop;
    volatile Task _run = Task.CompletedTask;

    public ActionReport Report => _report;

    /// <summary>Ends when nothing runs, however the run went.</summary>
    public Task Ended => _run;

    public ActionReport Start(string value)
    {
        lock (_lock)
        {
            if (_stop is not null)
            {
                throw new InvalidOperationException(
                    $"The action '{name}' is {_report.Status} since {_report.Started:u}: expected none of it at work; stop it first, or wait for its end.");
            }

            _stop = new CancellationTokenSource();
            _report = _report with { Status = "running", Value = value, Started = time.GetUtcNow(), Ended = null, Error = null };
            log.Info("The action {0} is started with the value '{1}'.", name, Shown(value));
            // On a thread of the pool: what the function does before it first waits is not the caller's time.
            var token = _stop.Token;
            _run = Task.Run(() => Run(value, token), CancellationToken.None);
            return _report;
        }
    }

    public ActionReport Stop()
    {
        CancellationTokenSource? stop;
        lock (_lock)
        {
            stop = _stop;
            if (stop is null || _report.Status == "stopping")
                return _report;
            _report = _report with { Status = "stopping" };
        }

        log.Info("The action {0} is told to stop.", name);
        // Beside the caller: what the function registered with its token runs in it.
        _ = stop.CancelAsync();
        return Report;
    }

    async Task Run(string value, CancellationToken stop)
    {
        Exception? error = null;
        try
        {
            await run(value, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // As it was told to.
        }
        catch (Exception e)
        {
            error = e;
        }

        ActionReport ended;
        lock (_lock)
        {
            ended = _report = _report with
            {
                Status = error is not null ? "failed" : stop.IsCancellationRequested ? "stopped" : "succeeded",
                Ended = time.GetUtcNow(),
                Error = error is null ? null : $"{error.GetType().Name}: {error.Message}",
            };
            _stop = null;
        }

        if (error is not null)
            log.Error(error, "The action {0} has failed.", name);
        else
            log.Info("The action {0} has {1}.", name, ended.Status);
    }

    static string Shown(string value) =>
        (value.Length <= ShownOfValue ? value : $"{value[..ShownOfValue]}… ({value.Length} characters)").ReplaceLineEndings(" ");
}
