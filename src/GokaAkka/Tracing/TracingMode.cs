namespace GokaAkka.Tracing;

/// <summary>What becomes of traces: <c>goka.tracing</c>.</summary>
public enum TracingMode
{
    /// <summary>Nothing: trace headers are headers like any other.</summary>
    Off,

    /// <summary>No spans, but what a callback writes carries the trace headers of the record that caused it, whether anybody listens or not.</summary>
    Carry,

    /// <summary>While somebody listens, trace headers are carried on, and a batch of an input is a span with links to what its records were sent by.</summary>
    Batch,

    /// <summary>As <see cref="Batch"/>, and each callback is a span of its own, whose parent is what its record was sent by.</summary>
    Record,
}
