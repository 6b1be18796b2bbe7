using Xunit.Sdk;

namespace GokaAkka.Storage.Tests;

/// <summary>A file system of its own, small or read-only. Needs root on Linux.</summary>
public sealed class SmallDisk : IDisposable
{
    readonly TemporaryFolder _folder = new();
    bool _mounted;

    public string Path => _folder.Path;

    /// <summary>Mounts one, or says why that is impossible here.</summary>
    public static SmallDisk? TryMount(string options, out string reason)
    {
        var disk = new SmallDisk();
        if (OperatingSystem.IsLinux() && Run(out reason, "mount", "-t", "tmpfs", "-o", options, "goka-test", disk.Path))
        {
            disk._mounted = true;
            return disk;
        }

        reason = "Cannot mount a file system here, which takes root on Linux.";
        disk.Dispose();
        return null;
    }

    public void MakeReadOnly()
    {
        if (!Run(out var error, "mount", "-o", "remount,ro", Path))
            throw new InvalidOperationException($"{Path} cannot be made read-only: {error}");
    }

    public void Dispose()
    {
        if (_mounted && !Run(out var error, "umount", "-l", Path))
            throw new InvalidOperationException($"{Path} cannot be unmounted: {error}");
        _mounted = false;
        _folder.Dispose();
    }

    static bool Run(out string error, string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            error = e.Message;
            return false;
        }
    }
}

/// <summary>A test that mounts a file system; skipped with the reason where that is impossible.</summary>
[XunitTestCaseDiscoverer("GokaAkka.Storage.Tests.StoreFactDiscoverer", "GokaAkka.Storage.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskFactAttribute : FactAttribute
{
    static readonly Lazy<string?> Reason = new(() =>
    {
        using var disk = SmallDisk.TryMount("size=64k", out var reason);
        return disk is null ? reason : null;
    });

    public override string Skip
    {
        get => Reason.Value!;
        set => throw new NotSupportedException();
    }
}
