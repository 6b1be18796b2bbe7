using System.Text.RegularExpressions;

namespace Akka.TestKit.Internal;

sealed class TextMatcher(string description, Predicate<string> matches)
{
    public bool Matches(string text) => matches(text);

    public override string ToString() => description;

    public static TextMatcher Of(string message, string start, string contains)
    {
        if (message != null)
            return new TextMatcher($" when Message == \"{message}\"", text => text == message);
        if (start != null)
            return new TextMatcher($" when Message starts with \"{start}\"", text => text.StartsWith(start, StringComparison.Ordinal));
        if (contains != null)
            return new TextMatcher($" when Message contains \"{contains}\"", text => text.Contains(contains, StringComparison.Ordinal));
        return new TextMatcher("", _ => true);
    }

    public static TextMatcher Of(Regex pattern) => new($" when Message matches \"{pattern}\"", pattern.IsMatch);
}
