using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace GokaAkka.Integration.Tests.Clusters;

/// <summary>
/// A network of its own within this machine, with a loopback of its own. What is begun on a thread that is in it (sockets, processes) stays in it, whichever
/// thread goes on with it.
/// </summary>
sealed class NetworkNamespace : IDisposable
{
    const int NetworkOnly = 0x40000000;

    readonly List<TcpListener> _forwarded = [];

    public NetworkNamespace(string name)
    {
        Name = name;
        Ip("netns", "add", name);
        Ip("-n", name, "link", "set", "lo", "up");
    }

    public string Name { get; }

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? Unavailable { get; } = Probe();

    /// <summary>Does something on a thread in the namespace.</summary>
    public T Run<T>(Func<T> work)
    {
        var result = default(T);
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/run/netns/{Name}");
                SetNamespace(file, NetworkOnly).ShouldBe(0, $"setns to {Name}: {Marshal.GetLastPInvokeErrorMessage()}");
                result = work();
            }
            catch (Exception e)
            {
                error = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        error?.Throw();
        return result!;
    }

    /// <summary>Has a port of this machine's loopback answer on the namespace's loopback as well.</summary>
    public void Forward(string address)
    {
        var to = IPEndPoint.Parse(address);
        var listener = Run(() =>
        {
            var made = new TcpListener(to);
            made.Start();
            return made;
        });
        _forwarded.Add(listener);
        _ = Accept(listener, to);
    }

    public void Dispose()
    {
        _forwarded.ForEach(static l => l.Stop());
        Ip("netns", "delete", Name);
    }

    /// <summary>Runs <c>ip</c>.</summary>
    public static void Ip(params string[] arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var errors = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        if (ip.ExitCode != 0)
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {errors.Trim()}");
    }

    static async Task Accept(TcpListener listener, IPEndPoint to)
    {
        try
        {
            while (true)
                _ = Pump(await listener.AcceptTcpClientAsync(), to);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    static async Task Pump(TcpClient inside, IPEndPoint to)
    {
        using var outside = new TcpClient { NoDelay = true };
        inside.NoDelay = true;
        try
        {
            await outside.ConnectAsync(to);
            await Task.WhenAny(inside.GetStream().CopyToAsync(outside.GetStream()), outside.GetStream().CopyToAsync(inside.GetStream()));
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // One side has closed the connection: so does the other.
        }
        finally
        {
            inside.Dispose();
        }
    }

    static string? Probe()
    {
        try
        {
            using (new NetworkNamespace($"goka-{Environment.ProcessId}-probe"))
                return null;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"There are no network namespaces here: {e.Message}";
        }
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    static extern int SetNamespace(SafeHandle file, int kind);
}

/// <summary>Two namespaces and a wire between them, each way of which can be cut. Nothing else can be reached from them but what is forwarded.</summary>
sealed class CutNetwork : IDisposable
{
    public const string First = "10.213.77.1";
    public const string Second = "10.213.77.2";

    public CutNetwork()
    {
        var name = $"goka-{Environment.ProcessId}-";
        (A, B) = (new NetworkNamespace(name + "a"), new NetworkNamespace(name + "b"));
        NetworkNamespace.Ip("link", "add", "wire", "netns", A.Name, "type", "veth", "peer", "name", "wire", "netns", B.Name);
        foreach (var (at, address) in new[] { (A, First), (B, Second) })
        {
            NetworkNamespace.Ip("-n", at.Name, "address", "add", address + "/24", "dev", "wire");
            NetworkNamespace.Ip("-n", at.Name, "link", "set", "wire", "up");
        }
    }

    public NetworkNamespace A { get; }

    public NetworkNamespace B { get; }

    /// <summary>Nothing goes out of one any more: what it sends vanishes.</summary>
    public void Cut(NetworkNamespace from) => Change("add", from);

    /// <summary>It goes again.</summary>
    public void Heal(NetworkNamespace from) => Change("delete", from);

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }

    void Change(string change, NetworkNamespace from) => NetworkNamespace.Ip("-n", from.Name, "route", change, "blackhole", from == A ? Second : First);
}

/// <summary>A test in network namespaces: skipped where there can be none.</summary>
sealed class NamespaceFactAttribute : FactAttribute
{
    public NamespaceFactAttribute() => Skip = NetworkNamespace.Unavailable;
}
