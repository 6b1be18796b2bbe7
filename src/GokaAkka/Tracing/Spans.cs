using System.Diagnostics;

namespace GokaAkka.Tracing;

/// <summary>Makes spans, with the attributes of OpenTelemetry's messaging conventions.</summary>
static class Spans
{
    /// <summary>Links of one span at most: each costs memory and a listener's time, and a batch may have thousands of records.</summary>
    public const int MostLinks = 64;

    /// <summary>Failures told of one span at most.</summary>
    public const int MostFailures = 16;

    /// <summary>Where spans come from.</summary>
    public static ActivitySource Source { get; } = new(Telemetry.GokaTelemetry.ActivitySourceName, typeof(Spans).Assembly.GetName().Version?.ToString(3));

    /// <summary>Begins the span of a batch, which is the current one from then on; null when the listeners do not want it.</summary>
    /// <param name="name">What is done: process or visit.</param>
    /// <param name="group">The group.</param>
    /// <param name="batch">The records.</param>
    /// <param name="links">Whether to link what the records were sent by.</param>
    public static Activity? OfBatch(string name, string group, RecordBatch batch, bool links)
    {
        var span = Source.StartActivity(
            $"{name} {batch.Topic}", ActivityKind.Consumer, default(ActivityContext), tags: null, links: links ? Links(batch) : null);
        if (span is { IsAllDataRequested: true })
        {
            Describe(span, name, group, batch);
            span.SetTag("messaging.batch.message_count", batch.Count);
        }

        return span;
    }

    /// <summary>Begins the span of a callback: of the trace that its record was sent in, else of its batch's.</summary>
    /// <param name="group">The group.</param>
    /// <param name="batch">The record's batch.</param>
    /// <param name="index">The record's place there.</param>
    /// <param name="attempt">1 for the first one.</param>
    /// <param name="of">The batch's span.</param>
    public static Activity? OfRecord(string group, RecordBatch batch, int index, int attempt, Activity? of)
    {
        var name = $"process {batch.Topic}";
        var span = TraceHeaders.TryRead(batch.Headers(index), out var parent)
            ? Source.StartActivity(name, ActivityKind.Consumer, parent, tags: null, links: of is null ? null : [new ActivityLink(of.Context)])
            : Source.StartActivity(name, ActivityKind.Consumer, of?.Context ?? default);
        if (span is { IsAllDataRequested: true })
        {
            Describe(span, "process", group, batch);
            span.SetTag("messaging.kafka.offset", batch[index].Offset);
            if (attempt > 1)
                span.SetTag("goka.attempt", attempt);
        }

        return span;
    }

    /// <summary>Tells a span of an exception, by the conventions for those.</summary>
    public static void Failed(Activity? span, Exception error)
    {
        if (span is { IsAllDataRequested: true })
            span.AddException(error);
    }

    static void Describe(Activity span, string operation, string group, RecordBatch batch) => span
        .SetTag("messaging.system", "kafka")
        .SetTag("messaging.operation.name", operation)
        .SetTag("messaging.operation.type", "process")
        .SetTag("messaging.destination.name", batch.Topic)
        .SetTag("messaging.destination.partition.id", batch.Partition.ToString(System.Globalization.CultureInfo.InvariantCulture))
        .SetTag("messaging.consumer.group.name", group);

    static List<ActivityLink> Links(RecordBatch batch)
    {
        var links = new List<ActivityLink>();
        var seen = new HashSet<ActivityContext>();
        ReadOnlyMemory<byte> last = default;
        for (var i = 0; i < batch.Count && links.Count < MostLinks; i++)
        {
            var headers = batch.Headers(i);
            // Records sent by one span often follow each other.
            if (!headers.TryGet(TraceHeaders.Parent, out var parent) || parent.Span.SequenceEqual(last.Span))
                continue;
            last = parent;
            if (TraceHeaders.TryRead(headers, out var context) && seen.Add(context))
                links.Add(new ActivityLink(context));
        }

        return links;
    }
}
