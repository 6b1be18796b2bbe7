using System.Globalization;

namespace Akka.Configuration.Hocon;

/// <summary>Durations (<c>5 s</c>, <c>infinite</c>, a bare number of milliseconds) and sizes (<c>64 KiB</c>, <c>10MB</c>).</summary>
static class HoconUnits
{
    public static TimeSpan ParseDuration(string text, bool allowInfinite)
    {
        ArgumentNullException.ThrowIfNull(text);
        var unitAt = text.Length;
        while (unitAt > 0 && char.IsAsciiLetterLower(text[unitAt - 1]))
            unitAt--;
        var number = text[..unitAt].TrimEnd();
        if (TicksPerUnit(text[unitAt..]) is { } ticks && IsPlainNumber(number))
            return TimeSpan.FromTicks((long)Math.Round(ticks * Positive(number)));
        if (allowInfinite && text.Equals("infinite", StringComparison.OrdinalIgnoreCase))
            return Timeout.InfiniteTimeSpan;
        return TimeSpan.FromMilliseconds(Positive(text));
    }

    public static long? ParseByteSize(string text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var lastDigit = text.LastIndexOfAny("0123456789".ToCharArray());
        if (lastDigit < 0 || lastDigit == text.Length - 1)
            return long.Parse(text, NumberFormatInfo.InvariantInfo);
        var unit = text[(lastDigit + 1)..].Trim();
        return BytesPerUnit(unit) * long.Parse(text[..(lastDigit + 1)], NumberFormatInfo.InvariantInfo);
    }

    static double? TicksPerUnit(string unit) => unit switch
    {
        "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => TimeSpan.TicksPerMillisecond / 1e6,
        "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.TicksPerMillisecond / 1e3,
        "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
        "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
        "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
        "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
        "d" or "day" or "days" => TimeSpan.TicksPerDay,
        _ => null, // "us" too: Akka.NET 1.5.30 does not read it
    };

    static long BytesPerUnit(string unit) => unit switch
    {
        "b" or "B" or "byte" or "bytes" => 1,
        "kB" or "kilobyte" or "kilobytes" => 1000,
        "K" or "k" or "Ki" or "KiB" or "kibibyte" or "kibibytes" => 1L << 10,
        "MB" or "megabyte" or "megabytes" => 1_000_000,
        "M" or "m" or "Mi" or "MiB" or "mebibyte" or "mebibytes" => 1L << 20,
        "GB" or "gigabyte" or "gigabytes" => 1_000_000_000,
        "G" or "g" or "Gi" or "GiB" or "gibibyte" or "gibibytes" => 1L << 30,
        "TB" or "terabyte" or "terabytes" => 1_000_000_000_000,
        "T" or "t" or "Ti" or "TiB" or "tebibyte" or "tebibytes" => 1L << 40,
        "PB" or "petabyte" or "petabytes" => 1_000_000_000_000_000,
        "P" or "p" or "Pi" or "PiB" or "pebibyte" or "pebibytes" => 1L << 50,
        "EB" or "exabyte" or "exabytes" => 1_000_000_000_000_000_000,
        "E" or "e" or "Ei" or "EiB" or "exbibyte" or "exbibytes" => 1L << 60,
        _ => throw new FormatException($"{unit} is not a valid byte size suffix"),
    };

    static bool IsPlainNumber(string text) => text.Length > 0 && text.All(c => char.IsAsciiDigit(c) || c == '.') && char.IsAsciiDigit(text[0]);

    static double Positive(string text)
    {
        var value = double.Parse(text, NumberFormatInfo.InvariantInfo);
        return value >= 0 ? value : throw new FormatException($"Expected a positive value instead of {value}");
    }
}
