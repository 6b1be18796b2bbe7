using System.Globalization;
using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>The characters of a HOCON document and the lexical rules that Akka.NET 1.5.30 reads them by.</summary>
sealed class HoconReader(string text)
{
    const string NotInText = "$\"{}[]:=,#`^?!@*&\\";

    int _at;

    public bool AtEnd => _at >= text.Length;

    public bool Sees(string pattern) => string.CompareOrdinal(text, _at, pattern, 0, pattern.Length) == 0;

    public bool SeesAny(char first, char second) => !AtEnd && (text[_at] == first || text[_at] == second);

    public bool SeesBlank => SeesAny(' ', '\t');

    public bool SeesComment => Sees("#") || Sees("//");

    public bool SeesText => !AtEnd && !char.IsWhiteSpace(text[_at]) && !SeesComment && !NotInText.Contains(text[_at]);

    public bool SeesKey => SeesText && text[_at] != '.';

    public bool SeesInclude
    {
        get
        {
            const string word = "include";
            var start = _at;
            var found = false;
            if (Sees(word) && start + word.Length < text.Length && char.IsWhiteSpace(text[start + word.Length]))
            {
                _at += word.Length;
                SkipBlanksAndComments();
                found = Sees("\"");
            }
            _at = start;
            return found;
        }
    }

    public void Skip(int count) => _at = Math.Min(text.Length, _at + count);

    public void SkipBlanksAndComments()
    {
        while (!AtEnd)
        {
            if (char.IsWhiteSpace(text[_at]))
                _at++;
            else if (SeesComment)
                Skip(Math.Max(1, Until('\n') - _at));
            else
                return;
        }
    }

    public string TakeBlanks() => TakeWhile(() => SeesBlank);

    public string TakeText() => TakeWhile(() => SeesText);

    // Blanks belong to an unquoted key; it ends where a special character or a comment starts.
    public string TakeKey() => TakeWhile(() => SeesKey || (!AtEnd && char.IsWhiteSpace(text[_at]))).Trim();

    public string TakeInclude()
    {
        Skip("include".Length);
        SkipBlanksAndComments();
        return TakeQuoted();
    }

    public string TakeTripleQuoted()
    {
        Skip(3);
        var end = text.IndexOf("\"\"\"", _at, StringComparison.Ordinal);
        var value = end < 0 ? text[_at..] : text[_at..end];
        Skip(value.Length + 3);
        return value;
    }

    public string TakeQuoted()
    {
        var value = new StringBuilder();
        for (Skip(1); !AtEnd && text[_at] != '"';)
        {
            if (text[_at] == '\\')
                value.Append(TakeEscape());
            else
                value.Append(text[_at++]);
        }
        Skip(1);
        return value.ToString();
    }

    /// <summary>"line 3, column 7, at: <c>rest of the line</c>".</summary>
    public string Position()
    {
        var before = text[..Math.Min(_at, text.Length)];
        var line = before.Count(c => c == '\n') + 1;
        var column = before.Length - (before.LastIndexOf('\n') + 1) + 1;
        var rest = text[before.Length..Until('\n')].TrimEnd('\r');
        return $"line {line}, column {column}, at: {(rest.Length == 0 ? "the end" : rest)}";
    }

    int Until(char c)
    {
        var found = text.IndexOf(c, Math.Min(_at, text.Length));
        return found < 0 ? text.Length : found;
    }

    string TakeWhile(Func<bool> condition)
    {
        var start = _at;
        while (condition())
            _at++;
        return text[start.._at];
    }

    char TakeEscape()
    {
        Skip(1);
        var escaped = AtEnd ? '\0' : text[_at++];
        switch (escaped)
        {
            case '"' or '\\' or '/':
                return escaped;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u' when _at + 4 <= text.Length:
                var code = ushort.Parse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, NumberFormatInfo.InvariantInfo);
                Skip(4);
                return (char)code;
            default:
                throw new FormatException($"Unknown escape code: {escaped} ({Position()})");
        }
    }
}
