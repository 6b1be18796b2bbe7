using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace GokaAkka.Web.Pages;

/// <summary>
/// The files that pages are made of, out of this assembly. Their folder is named by a hash of all of them, so that browsers may keep them for ever and
/// modules find each other by relative names.
/// </summary>
sealed class AssetStore
{
    const string Prefix = "assets/";

    readonly FrozenDictionary<string, byte[]> _files;

    AssetStore()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(static n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var resource = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[resource.Length];
            resource.ReadExactly(bytes);
            files[name[Prefix.Length..].Replace('\\', '/')] = bytes;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, bytes) in files)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(name));
            hash.AppendData(bytes);
        }

        Hash = Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
        _files = files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public static AssetStore Instance { get; } = new();

    /// <summary>Of all files.</summary>
    public string Hash { get; }

    public IEnumerable<string> Names => _files.Keys;

    public byte[]? Find(string name) => _files.GetValueOrDefault(name);

    public static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
