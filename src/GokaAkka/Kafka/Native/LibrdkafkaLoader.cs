using System.Reflection;
using System.Runtime.InteropServices;

namespace GokaAkka.Kafka.Native;

/// <summary>
/// Finds librdkafka for everything in this process that wants it: the one the Confluent.Kafka package brings, where it brings one, else the
/// system's. Safe to call from any thread, any number of times.
/// </summary>
static class LibrdkafkaLoader
{
    /// <summary>The name native imports give.</summary>
    public const string Name = "librdkafka";

    static readonly Lazy<IntPtr> Library = new(Find);

    static LibrdkafkaLoader()
    {
        NativeLibrary.SetDllImportResolver(typeof(global::Confluent.Kafka.Error).Assembly, Resolve);
    }

    /// <exception cref="DllNotFoundException">There is none; the message says what to install.</exception>
    public static void EnsureLoaded() => _ = Library.Value;

    /// <summary>Resolves <see cref="Name"/> for native imports; other names are left to the runtime.</summary>
    public static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Name ? Library.Value : IntPtr.Zero;

    static IntPtr Find()
    {
        var confluent = typeof(global::Confluent.Kafka.Error).Assembly;
        if (NativeLibrary.TryLoad(Name, confluent, null, out var bundled))
            return bundled;
        return NativeLibrary.TryLoad("librdkafka.so.1", out var system)
            ? system
            : throw new DllNotFoundException("The native Kafka client librdkafka is not installed; on Debian: apt-get install librdkafka1");
    }
}
