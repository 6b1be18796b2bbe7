using System.Reflection;

namespace GokaAkka.Web.Pages;

/// <summary>
/// The files that pages are made of, out of this assembly. Their folder is named by the assembly's version, which its contents give, so that browsers may
/// keep them for ever and modules find each other by relative names.
/// </summary>
static class AssetStore
{
    const string Prefix = "assets/";
    static readonly Assembly Assembly = typeof(AssetStore).Assembly;

    /// <summary>Of all files.</summary>
    public static string Hash { get; } = Assembly.ManifestModule.ModuleVersionId.ToString("N");

    public static IEnumerable<string> Names => Assembly.GetManifestResourceNames().Where(static n => n.StartsWith(Prefix, StringComparison.Ordinal)).Select(static n => n[Prefix.Length..]);

    public static Stream? Open(string name) => Assembly.GetManifestResourceStream(Prefix + name);

    public static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
}
