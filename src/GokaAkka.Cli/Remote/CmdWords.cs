namespace GokaAkka.Cli.Remote;

/// <summary>Splits a line into words, as shells do: at blanks outside of quotes; a backslash takes the next character as it is.</summary>
static class CmdWords
{
    /// <param name="line">The line.</param>
    /// <param name="words">The words. Of a line that ends with a blank, or is empty, the last is empty when <paramref name="begun"/> is wanted.</param>
    /// <param name="begun">Whether the last word is being typed.</param>
    /// <returns>False when a quote is not closed.</returns>
    public static bool Split(string line, out List<string> words, bool begun = false)
    {
        words = [];
        var word = new StringBuilder();
        var (inWord, quote) = (false, '\0');
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (inWord)
                    words.Add(word.ToString());
                word.Clear();
                inWord = false;
                continue;
            }

            inWord = true;
            if (c == '\\' && quote != '\'' && i + 1 < line.Length)
                word.Append(line[++i]);
            else if (quote == '\0' && c is '"' or '\'')
                quote = c;
            else if (c == quote)
                quote = '\0';
            else
                word.Append(c);
        }

        if (inWord || begun)
            words.Add(word.ToString());
        return quote == '\0';
    }

    /// <summary>A word as it can be typed.</summary>
    public static string Quoted(string word) =>
        word.Length > 0 && !word.Any(static c => char.IsWhiteSpace(c) || c is '"' or '\'' or '\\') ? word : $"\"{word.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
}
