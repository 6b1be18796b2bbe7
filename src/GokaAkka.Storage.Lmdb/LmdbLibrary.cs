using System.Runtime.InteropServices;
using System.Runtime.Loader;
using LightningDB;
using Native = LightningDB.Native.Lmdb;

namespace GokaAkka.Storage.Lmdb;

/// <summary>Finds LMDB: the library of the package, or the system's where that does not load.</summary>
static class LmdbLibrary
{
    // Linux distributions install the library without the name that .NET looks for, which belongs to their development packages.
    static readonly string[] OfTheSystem = ["liblmdb.so.0", "liblmdb.so", "liblmdb.dylib"];

    static readonly Lazy<(string? Version, Exception? Error)> Loaded = new(Load);

    /// <summary>The version of the file format that the library writes, such as 0.9.</summary>
    /// <exception cref="StorageException">There is no library; the message says what to install.</exception>
    public static string Version => Loaded.Value.Version ?? throw new StorageException(
        "LMDB cannot be loaded. The library that the package LightningDB brings needs glibc 2.38 (Ubuntu 24.04, Debian 13) and does not run on musl; the "
        + "system has none of its own: install liblmdb0 (Debian, Ubuntu) or lmdb-libs (Fedora, Red Hat), or set goka.storage.provider = litedb.",
        Loaded.Value.Error);

    static (string?, Exception?) Load()
    {
        var package = typeof(LightningEnvironment).Assembly;
        // Asked only when the runtime has found nothing that loads.
        AssemblyLoadContext.GetLoadContext(package)!.ResolvingUnmanagedDll += (assembly, name) => assembly == package ? FromSystem() : 0;
        try
        {
            _ = Native.mdb_version(out var major, out var minor, out _);
            return ($"{major}.{minor}", null);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return (null, e);
        }
    }

    static nint FromSystem()
    {
        foreach (var name in OfTheSystem)
        {
            if (NativeLibrary.TryLoad(name, out var library))
                return library;
        }

        return 0;
    }
}
