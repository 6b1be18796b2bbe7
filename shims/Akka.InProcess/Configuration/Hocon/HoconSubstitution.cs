namespace Akka.Configuration.Hocon;

/// <summary>A <c>${path}</c>. It stands for the value that the same document has at that path once it is parsed.</summary>
public class HoconSubstitution : IHoconElement, IMightBeAHoconObject
{
    public HoconSubstitution(string path) => Path = path;

    public string Path { get; set; }

    public HoconValue ResolvedValue { get; set; }

    public bool IsString() => ResolvedValue.IsString();

    public string GetString() => ResolvedValue.GetString();

    public bool IsArray() => ResolvedValue.IsArray();

    public IList<HoconValue> GetArray() => ResolvedValue.GetArray();

    public bool IsObject() => ResolvedValue != null && ResolvedValue.IsObject();

    public HoconObject GetObject() => ResolvedValue.GetObject();
}
