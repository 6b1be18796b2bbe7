using Akka.Configuration;

namespace GokaAkka.Actors.Configuration;

/// <summary>Where settings come from: what the code says, over the environment, over the actor system's HOCON, over reference.conf.</summary>
sealed class SettingsLayers
{
    readonly Config _code;
    readonly SettingsVariables _variables;

    SettingsLayers(Config system, SettingsVariables variables, Config code)
    {
        _code = code;
        _variables = variables;
        LowestFirst = [system, variables.Config, code];
        Merged = code.WithFallback(variables.Config).WithFallback(system);
    }

    /// <param name="system">An actor system's configuration, which holds every key of reference.conf.</param>
    /// <param name="variables">The environment's; null for none.</param>
    /// <param name="code">The code's; null for none.</param>
    /// <exception cref="ConfigurationException">There are keys that do not exist.</exception>
    public static SettingsLayers Of(Config system, SettingsVariables? variables = null, Config? code = null)
    {
        KnownSettings.Instance.Check(system);
        if (code is not null)
            KnownSettings.Instance.Check(code);
        return new SettingsLayers(system, variables ?? SettingsVariables.Of(new Dictionary<string, string>()), code ?? Config.Empty);
    }

    public IReadOnlyList<Config> LowestFirst { get; }

    public Config Merged { get; }

    /// <summary>How messages call a key: by its variable as well, where that is where the value comes from.</summary>
    public string Name(string key) => _variables.Names.TryGetValue(key, out var variable) && _code.GetValue(key) is null
        ? $"Environment variable {variable} ({key})"
        : key;
}
