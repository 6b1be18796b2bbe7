using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace GokaAkka.Kafka.Native;

/// <summary>
/// Finds librdkafka for what calls it directly: the very library that Confluent.Kafka has loaded, for clients of both share its state. Safe to call
/// from any thread, any number of times.
/// </summary>
/// <remarks>
/// The package brings several builds, and Confluent.Kafka takes the first that loads: on Debian 12, which has no libsasl2.so.3, the one without
/// Kerberos. An application that has called <c>Confluent.Kafka.Library.Load</c> with a path gets that one.
/// </remarks>
static class LibrdkafkaLoader
{
    /// <summary>The name native imports give.</summary>
    public const string Name = "librdkafka";

    static readonly Lazy<IntPtr> Library = new(Find);

    /// <exception cref="DllNotFoundException">There is none; the message says what to install.</exception>
    public static void EnsureLoaded() => _ = Library.Value;

    /// <summary>Resolves librdkafka for native imports; other libraries are left to the runtime.</summary>
    public static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Name ? Library.Value : IntPtr.Zero;

    static IntPtr Find()
    {
        if (!global::Confluent.Kafka.Library.IsLoaded)
            global::Confluent.Kafka.Library.Load(null);
        using var process = Process.GetCurrentProcess();
        foreach (ProcessModule module in process.Modules)
        {
            // Loading by the path of a library that is loaded yields that library.
            if (Path.GetFileName(module.FileName).Contains(Name, StringComparison.Ordinal) && NativeLibrary.TryLoad(module.FileName, out var library))
                return library;
        }

        throw new DllNotFoundException(
            "Confluent.Kafka has loaded no librdkafka of its package. Reference librdkafka.redist of the same version, for this operating system and processor.");
    }
}
