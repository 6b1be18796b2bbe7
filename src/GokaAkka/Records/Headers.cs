using System.Collections;

namespace GokaAkka.Records;

/// <summary>A record's headers, in order, names repeated where the sender repeated them. Immutable, so safe to share between threads and records.</summary>
/// <remarks>goka's <c>Headers</c> is a map and loses order and repeats; reading by name gives the last value, as goka's map would.</remarks>
public sealed class Headers : IReadOnlyList<Header>
{
    /// <summary>No headers.</summary>
    public static readonly Headers Empty = new([]);

    readonly Header[] _items;

    Headers(Header[] items) => _items = items;

    /// <summary>Headers of these, in this order.</summary>
    public static Headers Of(params ReadOnlySpan<Header> items) => items.Length == 0 ? Empty : new Headers(items.ToArray());

    /// <summary>One header whose value is the UTF-8 bytes of <paramref name="value"/>.</summary>
    public static Headers Of(string name, string value) => Of(new Header(name, Encoding.UTF8.GetBytes(value)));

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public Header this[int index] => _items[index];

    /// <summary>The value of the last header of this name. False when there is none.</summary>
    public bool TryGet(string name, out ReadOnlyMemory<byte> value)
    {
        for (var i = _items.Length - 1; i >= 0; i--)
        {
            if (!string.Equals(_items[i].Name, name, StringComparison.Ordinal))
                continue;
            value = _items[i].Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>The last header of this name read as UTF-8, or null when there is none.</summary>
    public string? GetString(string name) => TryGet(name, out var value) ? Encoding.UTF8.GetString(value.Span) : null;

    /// <summary>These headers and one more at the end.</summary>
    public Headers With(string name, ReadOnlyMemory<byte> value) => new([.. _items, new Header(name, value)]);

    /// <summary>These headers with <paramref name="over"/> laid over them: a name that occurs in <paramref name="over"/> loses its values here.</summary>
    /// <remarks>goka's <c>Headers.Merged</c>: the later ones win.</remarks>
    public Headers Merged(Headers? over)
    {
        if (over is null || over.Count == 0)
            return this;
        if (Count == 0)
            return over;
        var merged = new List<Header>(Count + over.Count);
        foreach (var item in _items)
        {
            if (!over.TryGet(item.Name, out _))
                merged.Add(item);
        }

        merged.AddRange(over._items);
        return new Headers([.. merged]);
    }

    /// <inheritdoc/>
    public IEnumerator<Header> GetEnumerator() => ((IEnumerable<Header>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _items.Select(h => $"{h.Name}={Encoding.UTF8.GetString(h.Value.Span)}"));
}

/// <summary>One header: a name and bytes.</summary>
/// <param name="Name">The header's name.</param>
/// <param name="Value">The header's bytes; empty for a null value.</param>
public readonly record struct Header(string Name, ReadOnlyMemory<byte> Value)
{
    /// <summary>Whether the value is null, which is another thing than empty on the wire.</summary>
    public bool IsNull { get; init; }

    /// <summary>A header without a value.</summary>
    internal static Header Null(string name) => new(name, default) { IsNull = true };
}
