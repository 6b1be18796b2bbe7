using System.Text;

namespace Akka.Configuration.Hocon;

public class HoconObject : IHoconElement
{
    public Dictionary<string, HoconValue> Items { get; private init; } = [];

    public IDictionary<string, object> Unwrapped =>
        Items.ToDictionary(item => item.Key, item => item.Value.GetObject() is { } nested ? (object)nested.Unwrapped : item.Value);

    public bool IsString() => false;

    public string GetString() => throw new NotSupportedException("This element is an object and not a text.");

    public bool IsArray() => false;

    public IList<HoconValue> GetArray() => throw new NotSupportedException("This element is an object and not an array.");

    public HoconValue GetKey(string key) => Items.GetValueOrDefault(key);

    public HoconValue GetOrCreateKey(string key)
    {
        if (!Items.TryGetValue(key, out var value))
            Items.Add(key, value = new HoconValue());
        return value;
    }

    public void Merge(HoconObject other)
    {
        foreach (var (key, value) in MergeImmutable(other).Items)
            Items[key] = value;
    }

    /// <summary>This object's items overlaid by those of <paramref name="other"/>; objects are merged, everything else is replaced.</summary>
    internal HoconObject MergeImmutable(HoconObject other)
    {
        var items = new Dictionary<string, HoconValue>(Items);
        foreach (var (key, value) in other.Items)
        {
            if (items.TryGetValue(key, out var mine) && mine.IsObject() && value.IsObject())
            {
                var merged = new HoconValue();
                merged.AppendValue(mine.GetObject().MergeImmutable(value.GetObject()));
                items[key] = merged;
            }
            else
            {
                items[key] = value;
            }
        }
        return new HoconObject { Items = items };
    }

    public override string ToString() => ToString(0);

    public string ToString(int indent)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in Items)
            text.Append(' ', indent * 2).Append(HoconValue.Quoted(key)).Append(" : ").Append(value.ToString(indent)).Append("\r\n");
        return text.ToString();
    }
}
