using System.Net;
using System.Net.Sockets;

namespace GokaAkka.Storage.Tests;

/// <summary>A Redis server of a test's own on a free loopback port, gone after the test.</summary>
public sealed class RedisServer : IDisposable
{
    const string Program = "redis-server";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly TemporaryFolder _folder = new();
    readonly Process _process;

    public RedisServer()
    {
        // Someone else may take the port between finding it free and using it.
        for (var attempt = 1; ; attempt++)
        {
            Port = FreePort();
            _process = Start();
            if (IsReady())
                return;
            if (attempt == 5)
                throw new InvalidOperationException($"{Program} did not start on a free port in {attempt} attempts.");
            _process.Dispose();
        }
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public void Stop()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Stop();
        _process.Dispose();
        _folder.Dispose();
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    Process Start() => Process.Start(new ProcessStartInfo(RequiresAttribute.FindProgram(Program)!)
    {
        ArgumentList = { "--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder.Path },
        RedirectStandardOutput = true,
    })!;

    bool IsReady()
    {
        var lines = _process.StandardOutput;
        while (lines.ReadLineAsync().WaitAsync(Patience).GetAwaiter().GetResult() is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                // A pipe that nobody reads would stop the server once it is full.
                _ = lines.ReadToEndAsync();
                return true;
            }
        }

        return false;
    }
}
