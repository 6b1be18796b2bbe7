using System.Text.Encodings.Web;
using System.Text.Json;
using Akka.Configuration;
using Microsoft.Extensions.Configuration;

namespace GokaAkka.Hosting;

/// <summary>Makes HOCON of the host's configuration.</summary>
static class ConfigurationHocon
{
    const string Inputs = "processor:inputs:";

    static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The values of a section, under <c>goka</c>. Its keys may be in capitals, other than those of topics.</summary>
    public static Config Of(IConfigurationSection section)
    {
        var lines = section.AsEnumerable(makePathsRelative: true)
            .Where(static v => v.Value is not null && v.Key.Length > 0)
            .Select(static v => $"goka.{string.Join('.', Path(v.Key).Select(Quoted))} = {Quoted(v.Value!)}");
        return ConfigurationFactory.ParseString(string.Join('\n', lines));
    }

    static IEnumerable<string> Path(string key) => key.StartsWith(Inputs, StringComparison.OrdinalIgnoreCase)
        ? [.. Inputs.TrimEnd(':').Split(':'), .. key[Inputs.Length..].Split(':')]
        : key.ToLowerInvariant().Split(':');

    // HOCON's quoted strings are JSON's.
    static string Quoted(string text) => JsonSerializer.Serialize(text, Relaxed);
}
