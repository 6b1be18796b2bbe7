using System.Diagnostics;

namespace GokaAkka.Samples.Churn;

/// <summary>Does one process's part of the work and shows how it goes.</summary>
sealed class ChurnRun(ChurnSettings settings)
{
    readonly PartitionRates _rates = new();
    readonly GroupGraph<FileChurn> _graph = ChurnGraph.Define(settings.Node.Group, settings.Topic);
    volatile HistoryEmitter? _emitter;
    volatile Processor<FileChurn>? _processor;
    volatile TableExport? _export;
    volatile string _state = "starting";

    public async Task<int> Run(CancellationToken stop)
    {
        if (settings.File is { } file)
            HistoryFile.Check(file);
        if (settings.Out is { } target)
            TableFile.Check(target);
        await using var node = SampleNode.Start(settings.Node, [settings.Topic]);
        node.PrintPlaces("Churn: the changes, lines added and lines deleted of every file.", [settings.Topic]);
        var work = settings.Role switch
        {
            Role.Emit => Emit(node, stop),
            Role.Process => Process(node, ending => UntilStopped(ending, stop), stop),
            Role.Export => Export(node, stop),
            _ => Process(node, ending => EmitAndExport(node, ending), stop),
        };
        Console.WriteLine(await Screen.During(work, Take, settings.Node.Verbose));
        return 0;
    }

    Task<string> Process(SampleNode node, Func<CancellationToken, Task<string>> work, CancellationToken stop)
    {
        _processor = node.Goka.Process(_graph);
        return _processor.Beside(work, stop);
    }

    async Task<string> UntilStopped(CancellationToken ending, CancellationToken stop)
    {
        try
        {
            await _processor!.UntilReady(ending);
            _state = "processing";
            await Task.Delay(Timeout.Infinite, ending);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What this role waits for.
        }

        return $"Stopped after {_processor!.Partitions.Sum(p => p.Processed):#,0} messages.";
    }

    async Task<string> EmitAndExport(SampleNode node, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        var emitted = await Emit(node, stop);
        await _processor!.UntilReady(stop);
        var exported = await Export(node, stop);
        return $"{emitted}\n{exported}\nAll in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s.";
    }

    async Task<string> Emit(SampleNode node, CancellationToken stop)
    {
        _state = "emitting";
        _emitter = new HistoryEmitter(node.Goka, settings.Topic);
        await _emitter.Run(settings.File!, stop);
        return $"Emitted {_emitter.Emitted:#,0} messages from {settings.File}.";
    }

    async Task<string> Export(SampleNode node, CancellationToken stop)
    {
        _state = "processing";
        _export = new TableExport(node, settings.Topic, _graph.Table, settings.Patience);
        var exported = await _export.Run(settings.Out!, stop);
        _state = "done";
        return $"Wrote {exported.Paths:#,0} paths with {exported.Changes:#,0} changes to {settings.Out}.";
    }

    Snapshot Take()
    {
        var figures = new List<(string, string)>();
        if (_emitter is { } emitter)
            figures.Add(("emitted", $"{emitter.Emitted:#,0}"));
        if (_processor is { } processor)
            figures.Add(("processed", $"{processor.Partitions.Sum(p => p.Processed):#,0}"));
        if (_export?.Lag is { Total: > 0 } lag)
            figures.Add(("committed", $"{lag.Done:#,0} of {lag.Total:#,0}"));
        return new Snapshot(_processor.Describe(_state), figures, _rates.Rows(_processor));
    }
}
