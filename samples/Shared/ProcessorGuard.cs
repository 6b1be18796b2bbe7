using GokaAkka.Actors;

namespace GokaAkka.Samples;

/// <summary>Work beside a processor, which ends when the processor fails instead of waiting for what will not come.</summary>
static class ProcessorGuard
{
    static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    public static async Task<T> Beside<T>(this Processor processor, Func<CancellationToken, Task<T>> work, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var working = work(ending.Token);
        if (await Task.WhenAny(working, processor.Done) == working)
            return await working;
        await ending.CancelAsync();
        await ((Task)working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await processor.Done;
        return await working;
    }

    /// <summary>Waits until the processor processes records.</summary>
    /// <exception cref="SampleException">It has not joined its group in time.</exception>
    public static async Task UntilReady(this Processor processor, CancellationToken stop)
    {
        try
        {
            await processor.Ready.WaitAsync(StartTimeout, stop);
        }
        catch (TimeoutException)
        {
            throw new SampleException(
                $"Group '{processor.Graph.Group}' is not ready after {StartTimeout.TotalSeconds:0} s: its state is {processor.State}, "
                + $"{processor.Partitions.Count} partitions are assigned. --verbose shows the log.");
        }
    }

    /// <summary>What a sample is at: what keeps its processor from running, or what the sample says.</summary>
    public static string Describe(this Processor? processor, string state) => processor?.State switch
    {
        ProcessorState.Starting => "looking for the topics",
        ProcessorState.Setup when !processor.Ready.IsCompleted => "joining the group",
        ProcessorState.Setup => "not all partitions are running",
        ProcessorState.Failed => "failed",
        _ => state,
    };
}
