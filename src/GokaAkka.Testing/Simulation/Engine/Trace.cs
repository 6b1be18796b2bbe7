using System.Runtime.CompilerServices;

namespace GokaAkka.Testing.Simulation;

/// <summary>What happened, line by line: always as a hash, which tells whether two runs were the same, and as text when somebody reads it.</summary>
sealed class Trace(Scheduler scheduler, TextWriter? text)
{
    const ulong Prime = 1099511628211;

    /// <summary>The hash of everything so far.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037;

    /// <summary>Whether somebody reads the text.</summary>
    public bool IsRead => text is not null;

    /// <summary>A record's value, for those who read the text: it is made for them alone and is no part of the hash.</summary>
    public Detail ValueOf(string topic, LogRecord record)
    {
        if (!IsRead || record.Value is null)
            return default;
        return new Detail(topic switch
        {
            Names.Table => SimStateCodec.Instance.Decode(record.Value).ToString(),
            Names.Joined or Names.LookedUp => $"version {Encoding.UTF8.GetString(record.Value)}",
            Names.Output => SimFactCodec.Instance.Decode(record.Value).ToString(),
            _ => $"{(OpKind)record.Value[0]} {record.Value[1]}",
        });
    }

    /// <summary>Text that is no part of the hash.</summary>
    public readonly record struct Detail(string? Text);

    public void Add([InterpolatedStringHandlerArgument("")] ref Line line)
    {
        Fold((ulong)scheduler.Now.Ticks);
        if (line.Text is { } written)
            text!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scheduler.Now.TotalMilliseconds,10:F2} ms  {written}"));
    }

    void Fold(ulong value) => Hash = (Hash ^ value) * Prime;

    /// <summary>One line: its values go into the hash as they are; text is made only when it is read.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Line(int literalLength, int formattedCount, Trace trace)
    {
        readonly StringBuilder? _text = trace.IsRead ? new StringBuilder(literalLength + (8 * formattedCount)) : null;

        public string? Text => _text?.ToString();

        public void AppendLiteral(string value)
        {
            trace.Fold((ulong)value.Length);
            _text?.Append(value);
        }

        public void AppendFormatted(long value)
        {
            trace.Fold((ulong)value);
            _text?.Append(CultureInfo.InvariantCulture, $"{value}");
        }

        public void AppendFormatted(int value) => AppendFormatted((long)value);

        public void AppendFormatted(bool value) => AppendFormatted(value ? "yes" : "no");

        public void AppendFormatted<T>(T value) where T : struct, Enum
        {
            trace.Fold((ulong)value.GetHashCode());
            _text?.Append(value.ToString());
        }

        public void AppendFormatted(TimeSpan value)
        {
            trace.Fold((ulong)value.Ticks);
            _text?.Append(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:F1} ms");
        }

        public void AppendFormatted(Detail value) => _text?.Append(value.Text);

        public void AppendFormatted(string? value)
        {
            foreach (var c in value ?? "")
                trace.Fold(c);
            _text?.Append(value);
        }
    }
}
