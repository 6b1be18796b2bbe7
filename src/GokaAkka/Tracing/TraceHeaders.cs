using System.Diagnostics;

namespace GokaAkka.Tracing;

/// <summary>
/// W3C trace context in a record's headers (https://www.w3.org/TR/trace-context-1/): <c>traceparent</c> and <c>tracestate</c>, as UTF-8 text. Headers
/// that have a <c>traceparent</c> already were given it on purpose, and keep it.
/// </summary>
static class TraceHeaders
{
    public const string Parent = "traceparent";
    public const string State = "tracestate";

    /// <summary>The context that a record was sent in. False where it has none, or one that cannot be read.</summary>
    public static bool TryRead(Headers headers, out ActivityContext context)
    {
        if (headers.Count > 0 && headers.GetString(Parent) is { } parent)
            return ActivityContext.TryParse(parent, headers.GetString(State), isRemote: true, out context);
        context = default;
        return false;
    }

    /// <summary>These headers with the context of a span.</summary>
    public static Headers? With(Headers? headers, Activity span)
    {
        if (span.IdFormat != ActivityIdFormat.W3C || Has(headers))
            return headers;
        var with = (headers ?? Headers.Empty).With(Parent, Encoding.ASCII.GetBytes(span.Id!));
        return span.TraceStateString is { Length: > 0 } state ? with.With(State, Encoding.UTF8.GetBytes(state)) : with;
    }

    /// <summary>These headers with the context that another record was sent in, as it stands there. False where that has none.</summary>
    public static bool TryCarry(Headers from, ref Headers? headers)
    {
        if (from.Count == 0 || !from.TryGet(Parent, out var parent))
            return false;
        if (Has(headers))
            return true;
        var hasState = from.TryGet(State, out var state);
        // Headers of nothing else are handed on as they are.
        if (headers is null or { Count: 0 } && from.Count == (hasState ? 2 : 1))
        {
            headers = from;
            return true;
        }

        headers = (headers ?? Headers.Empty).With(Parent, parent);
        if (hasState)
            headers = headers.With(State, state);
        return true;
    }

    /// <summary>These headers with the context of the caller's span, if it has one and <paramref name="mode"/> says so.</summary>
    public static Headers? WithCurrent(Headers? headers, TracingMode mode) =>
        mode != TracingMode.Off && (mode == TracingMode.Carry || Spans.Source.HasListeners()) && Activity.Current is { } span ? With(headers, span) : headers;

    static bool Has(Headers? headers) => headers is { Count: > 0 } && headers.TryGet(Parent, out _);
}
