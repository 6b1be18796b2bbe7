using System.Diagnostics.Metrics;

/// <summary>
/// Loaded into every worker by <c>DOTNET_STARTUP_HOOKS</c>, which asks for this name: prints what the process takes every few seconds, its heap after a
/// full collection.
/// </summary>
static class StartupHook
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // Records, bytes.
    static readonly long[] Queued = new long[2];

    public static void Initialize() => new Thread(Sample) { IsBackground = true, Name = "samples" }.Start();

    static void Sample()
    {
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, all) =>
        {
            if (instrument.Name is "goka.queue.records" or "goka.queue.size")
                all.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(static (instrument, value, _, _) => Queued[instrument.Unit == "By" ? 1 : 0] += value);
        listener.Start();
        while (true)
        {
            Thread.Sleep(Interval);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Array.Clear(Queued);
            listener.RecordObservableInstruments();
            using var process = Process.GetCurrentProcess();
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"> sample {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()} {GC.GetTotalMemory(forceFullCollection: true) / 1048576.0:0.000} {process.WorkingSet64 / 1048576.0:0.0} "
                + $"{process.Threads.Count} {Directory.GetFileSystemEntries("/proc/self/fd").Length} {Queued[0]} {Queued[1] / 1024.0:0.0}"));
        }
    }
}
