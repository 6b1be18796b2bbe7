using System.Text.Json.Serialization;

namespace GokaAkka.Bench;

/// <summary>What one run of a case has measured, in a process of its own.</summary>
sealed record Measured
{
    /// <summary>Records, reads or messages, whatever the case counts.</summary>
    public required long Records { get; init; }

    /// <summary>From the first record's arrival to the last acknowledgement.</summary>
    public required double Seconds { get; init; }

    /// <summary>Processor time of all threads of the process in that time, the native client's included.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>Bytes allocated on the managed heap in that time.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>The most memory the process has had resident, its start included.</summary>
    public required double PeakMemoryMb { get; init; }

    /// <summary>Time per operation in microseconds, where single operations were timed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Latency? Latency { get; init; }

    public double RecordsPerSecond => Records / Seconds;

    public double CpuMicrosPerRecord => CpuSeconds * 1e6 / Records;

    public double AllocatedPerRecord => (double)AllocatedBytes / Records;
}

/// <summary>Times of single operations in microseconds.</summary>
sealed record Latency(double Median, double P99, double Max);

/// <summary>Measures the time between two moments of this process.</summary>
sealed class Meter
{
    long _time;
    TimeSpan _cpu;
    long _allocated;

    public static Meter Start()
    {
        var meter = new Meter { _allocated = GC.GetTotalAllocatedBytes(), _cpu = Cpu() };
        meter._time = TimeProvider.System.GetTimestamp();
        return meter;
    }

    public Measured Stop(long records, Latency? latency = null)
    {
        var elapsed = TimeProvider.System.GetElapsedTime(_time);
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return new Measured
        {
            Records = records,
            Seconds = elapsed.TotalSeconds,
            CpuSeconds = (Cpu() - _cpu).TotalSeconds,
            AllocatedBytes = GC.GetTotalAllocatedBytes() - _allocated,
            PeakMemoryMb = process.PeakWorkingSet64 / 1048576.0,
            Latency = latency,
        };
    }

    static TimeSpan Cpu() => Environment.CpuUsage.TotalTime;
}
