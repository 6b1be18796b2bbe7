namespace GokaAkka.Samples.Messaging;

/// <summary>Runs one part of the example, or all of it, until it is stopped.</summary>
sealed class MessagingDemo(NodeSettings settings, Parts parts, int port)
{
    public async Task Run(TimeSpan? duration, CancellationToken stop)
    {
        await using var node = SampleNode.Start(settings, Topics.All);
        Console.WriteLine($"Messaging: {parts.ToString().ToLowerInvariant()}. Ctrl-C stops.");
        Console.WriteLine($"  broker  {node.Brokers}{(node.OwnsBroker ? " (embedded, ends with this program)" : "")}");
        Console.WriteLine($"  store   {node.StoreDirectory}");
        var processors = Start(node.Goka);
        foreach (var processor in processors)
        {
            await processor.UntilReady(stop);
            Console.WriteLine($"  {processor.Graph.Group} is running");
        }

        await using var service = parts.HasFlag(Parts.Service) ? new Service(node.Goka, port) : null;
        if (service is not null)
        {
            await service.Start(stop);
            Console.WriteLine($"  service {service.Address}");
            Console.WriteLine($"""
                Try:
                  curl {service.Address}/alice/send -H 'content-type: application/json' -d '{"{"}"to":"bob","content":"hello"{"}"}'
                  curl {service.Address}/bob/feed
                  curl -X POST {service.Address}/translate/hello/hallo
                  curl -X POST {service.Address}/block/alice
                """);
        }

        await Wait(processors, duration, stop);
        Console.WriteLine("Stopped.");
    }

    List<Processor> Start(Goka goka)
    {
        var started = new List<Processor>();
        if (parts.HasFlag(Parts.Blocker))
            started.Add(goka.Process(Blocker.Graph));
        if (parts.HasFlag(Parts.Translator))
            started.Add(goka.Process(Translator.Graph));
        if (parts.HasFlag(Parts.Collector))
            started.Add(goka.Process(Collector.Graph));
        if (parts.HasFlag(Parts.Filter))
            started.Add(goka.Process(Filter.Graph));
        if (parts.HasFlag(Parts.Detector))
            started.Add(Detector.Start(goka));
        return started;
    }

    // Until the time is up, somebody stops it, or a processor fails, whose error is this program's then.
    static async Task Wait(List<Processor> processors, TimeSpan? duration, CancellationToken stop)
    {
        var ended = new TaskCompletionSource();
        await using var stopped = stop.Register(() => ended.TrySetResult());
        using var timer = duration is { } time ? new Timer(_ => ended.TrySetResult(), null, time, Timeout.InfiniteTimeSpan) : null;
        await await Task.WhenAny([ended.Task, .. processors.Select(p => p.Done)]);
    }
}
