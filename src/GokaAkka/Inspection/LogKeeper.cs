using Akka.Event;

namespace GokaAkka.Inspection;

/// <summary>The latest lines of a log, a bounded number of bounded length. Safe for concurrent use.</summary>
sealed class LogKeeper(int lines)
{
    const int LongestText = 1000;

    /// <summary>What levels are called, in Akka's order.</summary>
    public static readonly string[] Levels = ["debug", "info", "warning", "error"];

    readonly Queue<LogReport> _lines = [];

    /// <summary>The latest first.</summary>
    public IReadOnlyList<LogReport> Latest
    {
        get
        {
            lock (_lines)
                return [.. _lines.Reverse()];
        }
    }

    public void Add(LogEvent line)
    {
        if (lines == 0)
            return;
        var report = ReportOf(line);
        lock (_lines)
        {
            if (_lines.Count == lines)
                _lines.Dequeue();
            _lines.Enqueue(report);
        }
    }

    public static LogReport ReportOf(LogEvent line)
    {
        var text = line.Message?.ToString() ?? "";
        if (line.Cause is { } cause && !text.Contains(cause.Message, StringComparison.Ordinal))
            text = $"{text} ({cause.GetType().Name}: {cause.Message})";
        else if (line.Cause is { } told)
            text = $"{text} ({told.GetType().Name})";
        var at = new DateTimeOffset(DateTime.SpecifyKind(line.Timestamp, DateTimeKind.Utc));
        return new LogReport(at, Levels[(int)line.LogLevel()], line.LogSource ?? "",
            text.Length <= LongestText ? text : text[..LongestText] + "…");
    }
}
