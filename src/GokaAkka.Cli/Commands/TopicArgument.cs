using System.CommandLine.Parsing;

namespace GokaAkka.Cli.Commands;

/// <summary>A topic on a command line: <c>NAME:PARTITIONS</c>.</summary>
sealed record TopicArgument(string Name, int Partitions)
{
    /// <summary>Reads one; adds an error to <paramref name="result"/> and returns null when it is none.</summary>
    public static TopicArgument? Parse(string text, ArgumentResult result)
    {
        var colon = text.LastIndexOf(':');
        if (colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partitions) && partitions > 0)
            return new TopicArgument(text[..colon], partitions);
        result.AddError($"--topic takes NAME:PARTITIONS with at least 1 partition, such as clicks:8, found '{text}'.");
        return null;
    }
}
