using GokaAkka.Kafka;

namespace GokaAkka.Samples.Clicks;

/// <summary>Users who click: emits at a steady rate and counts what Kafka has acknowledged.</summary>
sealed class ClickSource(Goka goka, ClicksSettings settings) : IAsyncDisposable
{
    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan AcknowledgeTimeout = TimeSpan.FromSeconds(15);
    static readonly string[] Pages = ["/home", "/search", "/item", "/cart", "/checkout"];

    readonly Emitter<string>[] _emitters = [.. settings.Topics.Select(t => goka.Emitter(t, Codec.String))];
    long _emitted;

    /// <summary>Clicks that are in Kafka for certain.</summary>
    public long Emitted => Interlocked.Read(ref _emitted);

    /// <summary>Emits until told to stop. All that was begun is acknowledged when this ends.</summary>
    public async Task Run(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Tick);
        var perTick = settings.Rate * Tick.TotalSeconds;
        var due = 0.0;
        var batch = new List<Task>();
        while (!stop.IsCancellationRequested)
        {
            for (due += perTick; due >= 1; due--)
                batch.Add(Click());
            await Acknowledged(batch);
            batch.Clear();
            await ((Task)timer.WaitForNextTickAsync(stop).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Emits a click that cannot be processed.</summary>
    public async Task RunFault()
    {
        if (settings.Fault == Fault.Callback)
        {
            await Acknowledged([_emitters[0].Emit(Users.Name(0), ClicksGraph.RefusedPage)]);
        }
        else if (settings.Fault == Fault.Value)
        {
            await using var bytes = goka.Emitter(settings.Topics[0], Codec.Bytes);
            await Acknowledged([bytes.Emit(Users.Name(0), [0xff, 0xfe])]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var emitter in _emitters)
            await emitter.DisposeAsync();
    }

    Task Click()
    {
        var emitter = _emitters[Random.Shared.Next(_emitters.Length)];
        return emitter.Emit(Users.Name(Random.Shared.Next(settings.Users)), Pages[Random.Shared.Next(Pages.Length)]);
    }

    async Task Acknowledged(IReadOnlyCollection<Task> clicks)
    {
        try
        {
            await Task.WhenAll(clicks).WaitAsync(AcknowledgeTimeout);
            Interlocked.Add(ref _emitted, clicks.Count);
        }
        catch (TimeoutException)
        {
            throw new SampleException(
                $"The broker at {goka.Kafka.Description} has acknowledged no click for {AcknowledgeTimeout.TotalSeconds:0} s. Is it still running?");
        }
    }
}
