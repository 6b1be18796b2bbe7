using GokaAkka.Web;

namespace GokaAkka.Samples.Clicks;

/// <summary>The demo: users click, a processor counts, a view shows the counts; at the end both figures must agree.</summary>
sealed class ClicksDemo(ClicksSettings settings)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly PartitionRates _rates = new();
    volatile ClickSource? _source;
    volatile Processor<long>? _processor;
    volatile ClickCounts? _counts;
    volatile string _state = "starting";

    public async Task<int> Run(CancellationToken stop)
    {
        await using var node = SampleNode.Start(settings.Node, settings.Topics);
        node.PrintPlaces("Clicks per user: an emitter, a processor with a table, a view. Ctrl-C stops.", settings.Topics);
        await using var monitor = await new WebServer().Serve(node.Goka);
        Console.WriteLine($"  monitor {monitor.Address}/ (open it in a browser)");
        var graph = ClicksGraph.Define(settings.Node.Group, settings.Topics);
        _processor = node.Goka.Process(graph);
        var work = _processor.Beside(ending => Work(node, graph.Table, ending), stop);
        var summary = await Screen.During(work, Take, settings.Node.Verbose);
        Console.WriteLine(summary);
        return summary.Agrees ? 0 : 1;
    }

    async Task<Summary> Work(SampleNode node, Table<long> table, CancellationToken stop)
    {
        try
        {
            await _processor!.UntilReady(stop);
            if (!node.OwnsBroker)
                await CatchUp(node, stop);
            await using var counts = new ClickCounts(node.Goka.View(table), settings.Users);
            await counts.Start(Patience, stop);
            _counts = counts;
            return await Click(node, counts, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped before anyone clicked.
            return new Summary(0, 0);
        }
    }

    // What an earlier run left unprocessed would be counted as this one's.
    Task CatchUp(SampleNode node, CancellationToken stop)
    {
        _state = "catching up";
        return Task.WhenAll(settings.Topics.Select(t => new GroupLag(node.Goka.Kafka, settings.Node.Group, t).UntilProcessed(Patience, stop)));
    }

    async Task<Summary> Click(SampleNode node, ClickCounts counts, CancellationToken stop)
    {
        await using var source = _source = new ClickSource(node.Goka, settings);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (settings.Duration is { } duration)
            ending.CancelAfter(duration);
        _state = "running";
        await source.RunFault();
        await source.Run(ending.Token);
        _state = "finishing";
        var counted = await counts.Until(source.Emitted, Patience, _processor!.Done);
        _state = "done";
        return new Summary(source.Emitted, counted);
    }

    Snapshot Take()
    {
        // In this order, so that a click is not seen counted before it is seen emitted.
        var counted = _counts?.Total ?? 0;
        var emitted = _source?.Emitted ?? 0;
        var figures = new List<(string, string)> { ("emitted", $"{emitted:#,0}"), ("counted", $"{counted:#,0}") };
        if (_counts?.Some() is { Length: > 0 } some)
            figures.Add(("some users:", some));
        return new Snapshot(_processor.Describe(_state), figures, _rates.Rows(_processor));
    }
}
