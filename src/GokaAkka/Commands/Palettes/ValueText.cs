namespace GokaAkka.Commands.Palettes;

/// <summary>Values and keys of tables as text, from their bytes: what is not text is shown in hexadecimal digits.</summary>
static class ValueText
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>How values are shown.</summary>
    public static readonly CommandArgument As = new("as", "auto, text or hex")
    {
        Kind = ArgumentKind.Option, Default = "auto", Values = static (_, _) => Task.FromResult<IReadOnlyList<string>>(["auto", "text", "hex"]),
    };

    public static string Of(ReadOnlySpan<byte> value, string way) => way switch
    {
        "auto" => Readable(value) ?? "0x" + Convert.ToHexStringLower(value),
        "text" => Encoding.UTF8.GetString(value),
        "hex" => Convert.ToHexStringLower(value),
        _ => throw new CommandException($"--as is auto, text or hex, found '{way}'."),
    };

    static string? Readable(ReadOnlySpan<byte> value)
    {
        try
        {
            var text = Strict.GetString(value);
            return text.Any(static c => char.IsControl(c) && c is not ('\t' or '\n' or '\r')) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
