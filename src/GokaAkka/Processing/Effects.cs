using System.Buffers;
using GokaAkka.Codecs;

namespace GokaAkka.Processing;

/// <summary>
/// What a callback has asked for so far, encoded and in order. It takes place when the callback has ended well, and is forgotten otherwise.
/// One buffer for all bytes, reused from record to record.
/// </summary>
sealed class Effects
{
    readonly ArrayBufferWriter<byte> _bytes = new(1024);
    Effect[] _items = new Effect[8];

    public int Count { get; private set; }

    public ref readonly Effect this[int index] => ref _items[index];

    public ReadOnlySpan<byte> Key(in Effect effect) => _bytes.WrittenSpan.Slice(effect.Start, effect.KeyLength);

    public ReadOnlySpan<byte> Value(in Effect effect) =>
        effect.ValueIsNull ? default : _bytes.WrittenSpan.Slice(effect.Start + effect.KeyLength, effect.ValueLength);

    /// <summary>Adds a record with a value.</summary>
    public void Add<T>(string topic, bool isTable, ReadOnlySpan<byte> key, ICodec<T> codec, T value, Headers? headers)
    {
        var start = _bytes.WrittenCount;
        _bytes.Write(key);
        codec.Encode(value, _bytes);
        Add(new Effect(topic, isTable, start, key.Length, _bytes.WrittenCount - start - key.Length, headers));
    }

    /// <summary>Adds a record with a null value.</summary>
    public void AddNull(string topic, bool isTable, ReadOnlySpan<byte> key, Headers? headers)
    {
        var start = _bytes.WrittenCount;
        _bytes.Write(key);
        Add(new Effect(topic, isTable, start, key.Length, -1, headers));
    }

    public void Clear()
    {
        Count = 0;
        _bytes.ResetWrittenCount();
    }

    void Add(in Effect effect)
    {
        if (Count == _items.Length)
            Array.Resize(ref _items, Count * 2);
        _items[Count++] = effect;
    }
}

/// <summary>A record to be sent.</summary>
readonly record struct Effect(string Topic, bool IsTable, int Start, int KeyLength, int ValueLength, Headers? Headers)
{
    public bool ValueIsNull => ValueLength < 0;
}
