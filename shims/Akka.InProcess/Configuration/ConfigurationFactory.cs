using System.Reflection;
using System.Text.Json;
using Akka.Configuration.Hocon;

namespace Akka.Configuration;

public class ConfigurationFactory
{
    public static Config Empty => ParseString("");

    public static Config ParseString(string hocon) => ParseString(hocon, null);

    /// <param name="hocon">the text</param>
    /// <param name="includeCallback">answers <c>include "name"</c> with the parsed document of that name</param>
    public static Config ParseString(string hocon, Func<string, HoconRoot> includeCallback) => new(Parser.Parse(hocon, includeCallback));

    public static Config Default() => FromResource("Akka.Configuration.akka.conf", typeof(ConfigurationFactory).Assembly);

    public static Config FromResource<TAssembly>(string resourceName) => FromResource(resourceName, typeof(TAssembly).Assembly);

    public static Config FromResource(string resourceName, object instanceInAssembly) => instanceInAssembly switch
    {
        Type type => FromResource(resourceName, type.Assembly),
        Assembly assembly => FromResource(resourceName, assembly),
        _ => FromResource(resourceName, instanceInAssembly.GetType().Assembly),
    };

    public static Config FromResource(string resourceName, Assembly assembly)
    {
        using var stream = assembly.GetManifestResourceStream(resourceName);
        if (stream == null)
            throw new ArgumentNullException(nameof(resourceName),
                $"Assembly {assembly.GetName().Name} has no embedded resource '{resourceName}'. It has: {string.Join(", ", assembly.GetManifestResourceNames())}.");
        using var reader = new StreamReader(stream);
        return ParseString(reader.ReadToEnd());
    }

    public static Config FromObject(object source) => ParseString(JsonSerializer.Serialize(source));
}
