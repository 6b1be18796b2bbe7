using System.Globalization;

namespace Akka.Configuration.Hocon;

/// <summary>
/// The value of a key: a concatenation of elements (<c>"a"${b}c</c>), or one object, or arrays that are read as one.
/// </summary>
public class HoconValue : IMightBeAHoconObject
{
    static readonly char[] CharactersToQuote = [' ', '\t', ':'];

    public List<IHoconElement> Values { get; } = [];

    public bool IsEmpty => Values.Count == 0 || Values[0] is HoconObject { Items.Count: 0 };

    public Config ToConfig() => new(new HoconRoot(this));

    public Config AtKey(string key)
    {
        var parent = new HoconObject();
        parent.Items[key] = this;
        var root = new HoconValue();
        root.AppendValue(parent);
        return new Config(new HoconRoot(root));
    }

    public void AppendValue(IHoconElement value) => Values.Add(value);

    public void Clear() => Values.Clear();

    public void NewValue(IHoconElement value)
    {
        Values.Clear();
        Values.Add(value);
    }

    public bool IsObject() => GetObject() != null;

    public HoconObject GetObject() => Values.Count == 0 ? null : Values[0] switch
    {
        HoconObject found => found,
        IMightBeAHoconObject other when other.IsObject() => other.GetObject(),
        _ => null,
    };

    public HoconValue GetChildObject(string key) => GetObject()?.GetKey(key);

    public bool IsString() => Values.Count > 0 && Values.TrueForAll(element => element.IsString());

    /// <summary>The text, trimmed; null for the unquoted or quoted text <c>null</c> and for what is not a text.</summary>
    public string GetString()
    {
        if (!IsString())
            return null;
        var text = string.Concat(Values.Select(element => element.GetString())).Trim();
        return text == "null" ? null : text;
    }

    public bool GetBoolean() => GetString() switch
    {
        "on" or "true" => true,
        "off" or "false" => false,
        var other => throw new NotSupportedException($"Unknown boolean format: {other}. Expected on, off, true or false."),
    };

    public byte GetByte() => byte.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public int GetInt() => int.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public long GetLong() => long.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public float GetFloat() => float.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public double GetDouble() => double.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public decimal GetDecimal() => decimal.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public TimeSpan GetTimeSpan(bool allowInfinite = true) => HoconUnits.ParseDuration(GetString(), allowInfinite);

    public long? GetByteSize() => HoconUnits.ParseByteSize(GetString());

    // An empty array is not an array, as in Akka.NET: only elements make it one.
    public bool IsArray() => GetArray().Count != 0;

    public IList<HoconValue> GetArray() => Values.Where(element => element.IsArray()).SelectMany(element => element.GetArray()).ToList();

    public IList<bool> GetBooleanList() => ListOf(value => value.GetBoolean());

    public IList<byte> GetByteList() => ListOf(value => value.GetByte());

    public IList<int> GetIntList() => ListOf(value => value.GetInt());

    public IList<long> GetLongList() => ListOf(value => value.GetLong());

    public IList<float> GetFloatList() => ListOf(value => value.GetFloat());

    public IList<double> GetDoubleList() => ListOf(value => value.GetDouble());

    public IList<decimal> GetDecimalList() => ListOf(value => value.GetDecimal());

    public IList<string> GetStringList() => ListOf(value => value.GetString());

    public override string ToString() => ToString(0);

    public virtual string ToString(int indent)
    {
        if (IsString())
            return Quoted(GetString());
        if (IsObject())
        {
            var body = GetObject().ToString(indent + 1);
            return indent == 0 ? body : "{\r\n" + body + new string(' ', indent * 2) + "}";
        }
        if (IsArray())
            return "[" + string.Join(",", GetArray().Select(element => element.ToString(indent + 1))) + "]";
        return "<<unknown value>>";
    }

    internal static string Quoted(string text)
    {
        if (text == null)
            return "";
        return text.IndexOfAny(CharactersToQuote) >= 0 ? "\"" + text + "\"" : text;
    }

    IList<T> ListOf<T>(Func<HoconValue, T> read) => GetArray().Select(read).ToList();
}
