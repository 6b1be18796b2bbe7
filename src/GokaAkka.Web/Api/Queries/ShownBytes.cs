using System.ComponentModel;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GokaAkka.Web.Api.Queries;

/// <summary>Bytes of a key or value, for people.</summary>
sealed record ShownBytes
{
    static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Of what is longer nobody reads all on a page, and parsing it would be work.
    const int LongestJson = 1 << 20;

    [Description("How many bytes there are")]
    public required int Size { get; init; }

    [Description("How they are shown: json (indented), text or hex")]
    public required string As { get; init; }

    [Description("What is shown. Characters that would be invisible or change the direction of text are written as \\u and their number")]
    public required string Text { get; init; }

    [Description("Whether only the beginning is shown")]
    public required bool IsCut { get; init; }

    /// <summary>A key: as text where it is some.</summary>
    public static ShownBytes Key(ReadOnlySpan<byte> key, int most) => Decode(key) is { } text ? Cut("text", text, key.Length, most) : Hex(key, most);

    /// <param name="value">The bytes.</param>
    /// <param name="wanted">auto, json, text or hex.</param>
    /// <param name="most">The most characters.</param>
    public static ShownBytes Value(ReadOnlySpan<byte> value, string wanted, int most)
    {
        if (wanted == "hex")
            return Hex(value, most);
        if (wanted is "auto" or "json" && value.Length <= LongestJson && AsJson(value) is { } json)
            return Cut("json", json, value.Length, most);
        if (Decode(value) is { } text)
            return Cut("text", text, value.Length, most);
        return wanted == "text" ? Cut("text", Encoding.UTF8.GetString(value), value.Length, most) : Hex(value, most);
    }

    static string? AsJson(ReadOnlySpan<byte> value)
    {
        // A number or a word is shown as it is.
        var first = value.TrimStart(" \t\r\n"u8);
        if (first.IsEmpty || first[0] is not ((byte)'{' or (byte)'['))
            return null;
        try
        {
            using var document = JsonDocument.Parse(value.ToArray(), new JsonDocumentOptions { MaxDepth = 200 });
            return JsonSerializer.Serialize(document.RootElement, Pretty);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The text, or null where the bytes are none.</summary>
    static string? Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var text = Strict.GetString(bytes);
            return text.Any(static c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    static ShownBytes Cut(string how, string text, int size, int most)
    {
        var end = Math.Min(text.Length, most);
        // Not between the halves of a character.
        if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
            end--;
        return new ShownBytes { Size = size, As = how, Text = Visible(text.AsSpan(0, end)), IsCut = end < text.Length };
    }

    static ShownBytes Hex(ReadOnlySpan<byte> bytes, int most)
    {
        // Two digits and a gap each.
        var end = Math.Min(bytes.Length, most / 3);
        var text = new StringBuilder(end * 3);
        for (var i = 0; i < end; i++)
            text.Append(i == 0 ? "" : i % 16 == 0 ? "\n" : " ").Append(bytes[i].ToString("x2", CultureInfo.InvariantCulture));
        return new ShownBytes { Size = bytes.Length, As = "hex", Text = text.ToString(), IsCut = end < bytes.Length };
    }

    static string Visible(ReadOnlySpan<char> text)
    {
        var visible = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                || (char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
                visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                visible.Append(c);
        }

        return visible.ToString();
    }
}
