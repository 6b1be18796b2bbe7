namespace GokaAkka.Specs;

/// <summary>Waits until what was started works.</summary>
static class RunningExtensions
{
    public static async Task<Processor<TState>> Running<TState>(this Processor<TState> processor)
    {
        await processor.Ready.WaitAsync(KafkaSpec.Patience);
        return processor;
    }

    public static async Task<View<T>> Running<T>(this View<T> view)
    {
        await view.Ready.WaitAsync(KafkaSpec.Patience);
        return view;
    }
}
