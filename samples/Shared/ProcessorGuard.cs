namespace GokaAkka.Samples;

/// <summary>Work beside a processor, which ends when the processor fails instead of waiting for what will not come.</summary>
static class ProcessorGuard
{
    static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public static async Task<T> Beside<T>(this Processor processor, Func<CancellationToken, Task<T>> work, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var working = work(ending.Token);
        var starting = UntilStarted(processor, ending.Token);
        var first = await Task.WhenAny(working, processor.Done, starting);
        if (first == starting && starting.IsCompletedSuccessfully)
            first = await Task.WhenAny(working, processor.Done);
        if (first == working)
            return await working;
        await ending.CancelAsync();
        await ((Task)working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
        return await working;
    }

    /// <summary>A processor waits for brokers that do not answer; somebody who looks on rather wants to know that the address is wrong.</summary>
    static async Task UntilStarted(Processor processor, CancellationToken stop)
    {
        while (processor.State == ProcessorState.Starting && !stop.IsCancellationRequested)
        {
            if (processor.Troubles is [var trouble, ..])
                throw new SampleException(trouble.Reason);
            await Task.WhenAny(processor.Ready, Task.Delay(Look, stop));
        }
    }

    /// <summary>Waits until the processor processes records.</summary>
    /// <exception cref="SampleException">It has not joined its group in time.</exception>
    public static async Task UntilReady(this Processor processor, CancellationToken stop)
    {
        try
        {
            await UntilStarted(processor, stop);
            await processor.Ready.WaitAsync(StartTimeout, stop);
        }
        catch (TimeoutException)
        {
            throw new SampleException(
                $"Group '{processor.Graph.Group}' is not ready after {StartTimeout.TotalSeconds:0} s: its state is {processor.State}, "
                + $"{processor.Partitions.Count} partitions are assigned{Troubles(processor)}. --verbose shows the log.");
        }
    }

    static string Troubles(Processor processor) => string.Concat(processor.Troubles.Select(static t => $"; {t}"));

    /// <summary>What a sample is at: what keeps its processor from running, or what the sample says.</summary>
    public static string Describe(this Processor? processor, string state) => processor?.State switch
    {
        ProcessorState.Starting or ProcessorState.Setup when processor.Troubles is [var first, ..] => $"waiting for {first.What}: {first.Reason}",
        ProcessorState.Starting => "looking for the topics",
        ProcessorState.Setup when !processor.Ready.IsCompleted => "joining the group",
        ProcessorState.Setup => "not all partitions are running",
        ProcessorState.Failed => "failed",
        _ => state,
    };
}
