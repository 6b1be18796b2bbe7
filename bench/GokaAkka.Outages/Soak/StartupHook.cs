using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;

/// <summary>
/// Loaded into every worker by <c>DOTNET_STARTUP_HOOKS</c>, which asks for this name: prints what the process takes every few seconds, its heap after a
/// full collection.
/// </summary>
/// <remarks>
/// Neither allocator gives back all that is freed: the runtime keeps memory committed for the next collections, and glibc keeps free chunks in its arenas, of which
/// the native client's threads have up to eight for each processor. So resident memory holds the most that each arena had in use at once, and what is in use is
/// resident memory without what both allocators count as free. Where glibc is another C library, all of its memory counts as in use, and none as native.
/// </remarks>
static class StartupHook
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    const double MiB = 1024 * 1024;

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
            var (heap, resident, native) = (GC.GetTotalMemory(forceFullCollection: true), process.WorkingSet64, Native());
            var free = GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes - heap + (long)native.Free;
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"> sample {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()} {heap / MiB:0.000} {(native.Used + native.Mapped) / MiB:0.000} {(resident - free) / MiB:0.0} {free / MiB:0.0} "
                + $"{resident / MiB:0.0} {process.Threads.Count} {Directory.GetFileSystemEntries("/proc/self/fd").Length} {Queued[0]} {Queued[1] / 1024.0:0.0}"));
        }
    }

    static Allocated Native()
    {
        try
        {
            return Mallinfo();
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            return default;
        }
    }

    [DllImport("libc.so.6", EntryPoint = "mallinfo2")]
    static extern Allocated Mallinfo();

    /// <summary>glibc's mallinfo2: bytes of all its arenas together.</summary>
    /// <param name="Arenas">Taken from the system for arenas.</param>
    /// <param name="FreeChunks">How many chunks are free.</param>
    /// <param name="FastChunks">How many of them are small ones, kept for their size.</param>
    /// <param name="Mappings">How many allocations have a mapping of their own.</param>
    /// <param name="Mapped">Bytes of those.</param>
    /// <param name="Unused">Always 0.</param>
    /// <param name="FastFree">Free bytes of the small ones.</param>
    /// <param name="Used">In use in arenas, and what each thread keeps for itself.</param>
    /// <param name="Free">Free in arenas.</param>
    /// <param name="Top">Of it, what could be given back from the end of the first arena.</param>
    readonly record struct Allocated(
        nuint Arenas, nuint FreeChunks, nuint FastChunks, nuint Mappings, nuint Mapped, nuint Unused, nuint FastFree, nuint Used, nuint Free, nuint Top);
}
