namespace GokaAkka.Processing;

/// <summary>
/// The headers that a dead letter has beside those of the record it was made of: UTF-8 text, numbers in decimal. Named as Kafka Connect
/// (<c>__connect.errors.*</c>) and Kafka Streams (<c>__streams.errors.*</c>, KIP-1034) name theirs. A dead letter made of a dead letter tells of
/// the last failure alone, and counts them.
/// </summary>
public static class DeadLetterHeaders
{
    /// <summary>The topic the record was read from.</summary>
    public const string Topic = "__goka.errors.topic";

    /// <summary>The partition the record was read from.</summary>
    public const string Partition = "__goka.errors.partition";

    /// <summary>The record's offset there.</summary>
    public const string Offset = "__goka.errors.offset";

    /// <summary>The record's own time, in milliseconds since the Unix epoch; -1 when it had none. A dead letter has the time it was made.</summary>
    public const string Timestamp = "__goka.errors.timestamp";

    /// <summary>Where it failed: decode, callback or emit; table for an entry of a table, whose offset is -1.</summary>
    public const string Stage = "__goka.errors.stage";

    /// <summary>The full name of the exception's type.</summary>
    public const string Exception = "__goka.errors.exception";

    /// <summary>The exception's message, cut after <see cref="LongestMessage"/> characters.</summary>
    public const string Message = "__goka.errors.message";

    /// <summary>How often it was tried since its partition was started last, from 1 on.</summary>
    public const string Attempts = "__goka.errors.attempts";

    /// <summary>The consumer group that could not process it.</summary>
    public const string Group = "__goka.errors.group";

    /// <summary>How often the record has become a dead letter, from 1 on.</summary>
    public const string Count = "__goka.errors.count";

    /// <summary>Characters of a message that are kept: a message may quote the record, and the dead letter must not outgrow what a broker takes.</summary>
    public const int LongestMessage = 2000;

    /// <summary>The headers of a dead letter.</summary>
    internal static Headers Of(Headers original, RecordException error, string group, long timestamp)
    {
        var cause = error.InnerException!;
        var message = cause.Message.Length > LongestMessage ? cause.Message[..LongestMessage] + "…" : cause.Message;
        return original.Merged(Headers.Of(
        [
            Text(Topic, error.Topic),
            Number(Partition, error.Partition),
            Number(Offset, error.Offset),
            Number(Timestamp, timestamp),
            Text(Stage, error.Stage.ToString().ToLowerInvariant()),
            Text(Exception, cause.GetType().FullName ?? cause.GetType().Name),
            Text(Message, message),
            Number(Attempts, error.Attempts),
            Text(Group, group),
            Number(Count, long.TryParse(original.GetString(Count), CultureInfo.InvariantCulture, out var times) ? times + 1 : 1),
        ]));
    }

    static Header Text(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));

    static Header Number(string name, long value) => Text(name, value.ToString(CultureInfo.InvariantCulture));
}
