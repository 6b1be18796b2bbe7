using Akka.Configuration;
using Akka.Configuration.Hocon;
using GokaAkka.Actors.Configuration;

namespace GokaAkka.Actors;

/// <summary>A part of the configuration whose values are read one by one; a value that makes no sense is an error that names its key.</summary>
sealed class SettingsSection(SettingsLayers layers, string path) : IStoreSettings
{
    /// <summary>All of it, for whoever takes HOCON.</summary>
    public Config Config { get; } = layers.Merged.GetConfig(path) ?? Config.Empty;

    public SettingsSection Section(string key) => new(layers, Full(key));

    /// <summary>A value as it is; null where there is none.</summary>
    public HoconValue? Value(string key) => Config.GetValue(key);

    public string Text(string key) => Config.GetString(key) ?? throw Wrong(key, "a text");

    /// <summary>A list, or, from a variable, a text with commas.</summary>
    public IReadOnlyList<string> Texts(string key) => Value(key) is { } value && value.IsString()
        ? value.GetString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [.. Config.GetStringList(key) ?? throw Wrong(key, "a list of texts, [a, b]")];

    public bool Flag(string key) => Read(key, "on or off", c => (bool?)c.GetBoolean(key));

    public int Number(string key, int atLeast) =>
        Read(key, $"a whole number from {atLeast.ToString(CultureInfo.InvariantCulture)} on", c => c.GetInt(key) is var n && n >= atLeast ? n : null as int?);

    public TimeSpan Duration(string key) =>
        Read(key, "a duration such as 500ms or 10s", c => c.GetTimeSpan(key) is var t && t > TimeSpan.Zero ? t : null as TimeSpan?);

    public TimeSpan? DurationOrNone(string key) =>
        Read(key, "a duration such as 500ms or 10s, or 0", c => c.GetTimeSpan(key) is var t && t >= TimeSpan.Zero ? t : null as TimeSpan?) is var t
        && t > TimeSpan.Zero ? t : null;

    public long Size(string key, long atLeast = 1) => Read(
        key, "a size such as 64MiB" + (atLeast > 1 ? $", {(atLeast >> 10).ToString(CultureInfo.InvariantCulture)}KiB or more" : ""),
        c => c.GetByteSize(key) is { } bytes && bytes >= atLeast ? bytes : null as long?);

    public T Choice<T>(string key, params (string Name, T Value)[] choices)
    {
        var found = Text(key);
        foreach (var (name, value) in choices)
        {
            if (string.Equals(name, found, StringComparison.OrdinalIgnoreCase))
                return value;
        }

        throw Wrong(key, "one of " + string.Join(", ", choices.Select(c => c.Name)));
    }

    /// <summary>Settings of the native client: its keys have dots in them, which HOCON reads as nested objects; joined again here.</summary>
    public IReadOnlyDictionary<string, string> Native(string key)
    {
        var settings = new Dictionary<string, string>();
        // One after the other: of a key that is quoted in one place and not in another, a merger would keep both.
        foreach (var layer in layers.LowestFirst)
        {
            if (layer.GetConfig(Full(key)) is { IsEmpty: false } section)
                Flatten(section, "", settings);
        }

        return settings;
    }

    static void Flatten(Config section, string prefix, Dictionary<string, string> settings)
    {
        foreach (var (key, value) in section.AsEnumerable())
        {
            if (value.IsObject())
                Flatten(section.GetConfig(Quoted(key)), prefix + key + ".", settings);
            else
                settings[prefix + key] = value.GetString();
        }
    }

    static string Quoted(string key) => key.Contains('.') ? $"\"{key}\"" : key;

    // What is wrong with a value, HOCON tells by exceptions of many kinds that name no key, or by none.
    T Read<T>(string key, string expected, Func<Config, T?> read) where T : struct
    {
        T? value;
        try
        {
            value = read(Config);
        }
        catch (Exception e)
        {
            throw Wrong(key, expected, e);
        }

        return value ?? throw Wrong(key, expected);
    }

    ConfigurationException Wrong(string key, string expected, Exception? cause = null)
    {
        var found = Config.GetString(key) is { } text ? $"'{text}'" : "nothing";
        return new ConfigurationException($"{Name(Full(key))} = {found}: expected {expected}.", cause);
    }

    /// <summary>How messages call a full key.</summary>
    public string Name(string full) => layers.Name(full);

    public string Full(string key) => $"{path}.{key}";
}
