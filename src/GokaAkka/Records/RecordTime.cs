namespace GokaAkka.Records;

/// <summary>Times of records as .NET has them.</summary>
static class RecordTime
{
    static readonly long Last = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Null for none, and for what is no time in milliseconds: producers exist that count in microseconds or nanoseconds.</summary>
    public static DateTimeOffset? Of(long ms) => ms >= 0 && ms <= Last ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}
