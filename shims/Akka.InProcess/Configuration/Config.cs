using Akka.Configuration.Hocon;

namespace Akka.Configuration;

public class Config
{
    public static readonly Config Empty = ConfigurationFactory.Empty;

    public Config()
    {
    }

    public Config(HoconRoot root)
    {
        Root = Own = root.Value ?? throw new ArgumentNullException(nameof(root), "The root value cannot be null.");
        Substitutions = root.Substitutions;
    }

    public Config(Config source, Config fallback)
    {
        ArgumentNullException.ThrowIfNull(source);
        Own = source.Own;
        Root = source.Root;
        Fallback = fallback;
    }

    public Config Fallback { get; private init; }

    /// <summary>The values of this configuration with those of all its fallbacks merged in.</summary>
    public virtual HoconValue Root { get; }

    public IEnumerable<HoconSubstitution> Substitutions { get; set; }

    public virtual bool IsEmpty => Root == null || Root.IsEmpty;

    // What was parsed, without fallbacks: this is what ToString shows.
    HoconValue Own { get; init; }

    public virtual string GetString(string path, string @default = null) => Node(path) is { } value ? value.GetString() : @default;

    public virtual bool GetBoolean(string path, bool @default = false) => Node(path)?.GetBoolean() ?? @default;

    public virtual int GetInt(string path, int @default = 0) => Node(path)?.GetInt() ?? @default;

    public virtual long GetLong(string path, long @default = 0) => Node(path)?.GetLong() ?? @default;

    public virtual float GetFloat(string path, float @default = 0) => Node(path)?.GetFloat() ?? @default;

    public virtual double GetDouble(string path, double @default = 0) => Node(path)?.GetDouble() ?? @default;

    public virtual decimal GetDecimal(string path, decimal @default = 0) => Node(path)?.GetDecimal() ?? @default;

    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true) =>
        Node(path)?.GetTimeSpan(allowInfinite) ?? @default.GetValueOrDefault();

    public virtual long? GetByteSize(string path) => Node(path)?.GetByteSize();

    public virtual long? GetByteSize(string path, long? def = null) => Node(path) is { } value ? value.GetByteSize() : def;

    public virtual IList<string> GetStringList(string path) => Node(path)?.GetStringList() ?? new List<string>();

    public virtual IList<string> GetStringList(string path, string[] defaultPaths) => Node(path)?.GetStringList() ?? defaultPaths;

    // The lists of values have no default: a missing path is an error, as it is in Akka.NET.
    public virtual IList<bool> GetBooleanList(string path) => Required(path).GetBooleanList();

    public virtual IList<byte> GetByteList(string path) => Required(path).GetByteList();

    public virtual IList<int> GetIntList(string path) => Required(path).GetIntList();

    public virtual IList<long> GetLongList(string path) => Required(path).GetLongList();

    public virtual IList<float> GetFloatList(string path) => Required(path).GetFloatList();

    public virtual IList<double> GetDoubleList(string path) => Required(path).GetDoubleList();

    public virtual IList<decimal> GetDecimalList(string path) => Required(path).GetDecimalList();

    public virtual Config GetConfig(string path)
    {
        var value = Node(path);
        var fallback = Fallback?.GetConfig(path);
        if (value == null)
            return fallback;
        var config = new Config(new HoconRoot(value));
        return fallback == null ? config : config.WithFallback(fallback);
    }

    public HoconValue GetValue(string path) => Node(path);

    public virtual bool HasPath(string path) => Node(path) != null;

    public virtual Config WithFallback(Config fallback)
    {
        if (ReferenceEquals(fallback, this))
            throw new ArgumentException("Config can not have itself as fallback", nameof(fallback));
        if (fallback == null)
            return this;
        if (IsEmpty)
            return fallback;
        if (fallback.IsEmpty)
            return this;
        var merged = new HoconValue();
        merged.AppendValue(fallback.Root.GetObject().MergeImmutable(Root.GetObject()));
        return new Config(merged) { Fallback = Chain(Fallback, fallback), Own = Own, Substitutions = Substitutions };
    }

    public virtual IEnumerable<KeyValuePair<string, HoconValue>> AsEnumerable()
    {
        var seen = new HashSet<string>();
        for (var current = this; current != null; current = current.Fallback)
        {
            foreach (var item in current.Root.GetObject().Items)
                if (seen.Add(item.Key))
                    yield return item;
        }
    }

    public override string ToString() => Own == null ? "" : Own.ToString();

    public string ToString(bool includeFallback) => includeFallback ? Root.ToString() : ToString();

    public static Config operator +(Config config, string fallback) => config.WithFallback(ConfigurationFactory.ParseString(fallback));

    public static Config operator +(string configHocon, Config fallbackConfig) =>
        ConfigurationFactory.ParseString(configHocon).WithFallback(fallbackConfig);

    public static implicit operator Config(string str) => ConfigurationFactory.ParseString(str);

    Config(HoconValue root) => Root = root;

    static Config Chain(Config head, Config tail) =>
        head == null ? tail : new Config(head.Root) { Fallback = Chain(head.Fallback, tail), Own = head.Own, Substitutions = head.Substitutions };

    HoconValue Required(string path) =>
        Node(path) ?? throw new ConfigurationException($"Configuration has no list at '{path}'.");

    HoconValue Node(string path)
    {
        var node = Root ?? throw new InvalidOperationException("The configuration has no root: it was made with the parameterless constructor.");
        foreach (var key in HoconPath.Split(path))
        {
            node = node.GetChildObject(key);
            if (node == null)
                return null;
        }
        return node;
    }
}
