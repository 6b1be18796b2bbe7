using System.Reflection;
using System.Runtime.InteropServices;

namespace GokaAkka.Kafka.Native;

/// <summary>
/// Finds librdkafka for everything in this process that wants it, one and the same for all: the one that the Confluent.Kafka package brings,
/// where it brings one, else the system's. Safe to call from any thread, any number of times.
/// </summary>
/// <remarks>Only what runs before Confluent.Kafka's first use takes effect, so whoever makes a client calls <see cref="EnsureLoaded"/> before.</remarks>
static class LibrdkafkaLoader
{
    /// <summary>The name native imports give.</summary>
    public const string Name = "librdkafka";

    /// <summary>What the package's builds are called; those for another C library do not load and are passed over.</summary>
    static readonly string[] Bundled = [Name, "centos8-librdkafka", "centos7-librdkafka", "alpine-librdkafka"];

    static readonly string[] OfSystem =
        ["librdkafka.so.1", "librdkafka.1.dylib", "/opt/homebrew/lib/librdkafka.1.dylib", "/usr/local/lib/librdkafka.1.dylib"];

    static readonly Assembly Confluent = typeof(global::Confluent.Kafka.Error).Assembly;
    static readonly Lazy<IntPtr> Library = new(() => Find(Load));

    static LibrdkafkaLoader()
    {
        try
        {
            NativeLibrary.SetDllImportResolver(Confluent, Resolve);
        }
        catch (InvalidOperationException)
        {
            // The application resolves Confluent.Kafka's imports itself; its choice stands.
        }
    }

    /// <exception cref="DllNotFoundException">There is none; the message says what to install.</exception>
    public static void EnsureLoaded() => _ = Library.Value;

    /// <summary>
    /// Resolves librdkafka for native imports, by whichever of the package's names; other libraries are left to the runtime.
    /// </summary>
    public static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name.EndsWith(Name, StringComparison.Ordinal) ? Library.Value : IntPtr.Zero;

    /// <param name="load">Loads by name or path; zero when there is no such library.</param>
    internal static IntPtr Find(Func<string, IntPtr> load)
    {
        foreach (var name in Bundled.Concat(OfSystem))
        {
            if (load(name) is var library && library != IntPtr.Zero)
                return library;
        }

        throw new DllNotFoundException(
            "The native Kafka client librdkafka was not found. Install version 2.0 or later: 'apt-get install librdkafka1' on Debian or Ubuntu, "
            + "'dnf install librdkafka' on Fedora, 'apk add librdkafka' on Alpine, 'brew install librdkafka' on macOS; or reference the package "
            + "librdkafka.redist.");
    }

    static IntPtr Load(string name) => NativeLibrary.TryLoad(name, Confluent, null, out var library) ? library : IntPtr.Zero;
}
