using System.Buffers.Text;
using System.Text;

namespace GokaAkka.Samples.Churn;

/// <summary>A line of a change history: <c>time, commit, lines added, lines deleted, path</c>, separated by tabs.</summary>
/// <param name="Path">The path's bytes, exactly as in the file.</param>
/// <param name="Change">The rest.</param>
readonly record struct HistoryLine(byte[] Path, Change Change)
{
    const string Expected = "time, commit, lines added, lines deleted and path, separated by tabs";
    const int Columns = 5;
    const int Shown = 80;

    /// <exception cref="FormatException">It is not such a line; the message says what was found and expected.</exception>
    public static HistoryLine Parse(ReadOnlySpan<byte> line)
    {
        Span<Range> columns = stackalloc Range[Columns + 1];
        var count = 0;
        foreach (var column in line.Split((byte)'\t'))
        {
            if (count <= Columns)
                columns[count] = column;
            count++;
        }

        if (count != Columns)
            throw new FormatException($"expected {Expected}; found {count} column{(count == 1 ? "" : "s")}: {Quoted(line)}.");
        var change = new Change(
            Number("time", line[columns[0]]), Commit(line[columns[1]]), Number("lines added", line[columns[2]]),
            Number("lines deleted", line[columns[3]]));
        var path = line[columns[4]];
        return path.Length > 0 ? new HistoryLine(path.ToArray(), change) : throw new FormatException("expected a path in column 5; found nothing.");
    }

    static long Number(string column, ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long number, out var consumed) && consumed == text.Length && number >= 0
            ? number
            : throw new FormatException($"expected a whole number from 0 on for {column}; found {Quoted(text)}.");

    static string Commit(ReadOnlySpan<byte> text)
    {
        if (text.Length == 0)
            throw new FormatException("expected a commit in column 2; found nothing.");
        if (text.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            throw new FormatException($"expected a commit in column 2; found {Quoted(text)}.");
        return Encoding.ASCII.GetString(text);
    }

    static string Quoted(ReadOnlySpan<byte> text) =>
        $"\"{Encoding.UTF8.GetString(text[..Math.Min(text.Length, Shown)])}\"{(text.Length > Shown ? $" and {text.Length - Shown} more bytes" : "")}";
}
