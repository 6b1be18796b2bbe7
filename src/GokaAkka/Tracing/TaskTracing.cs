using System.Diagnostics;

namespace GokaAkka.Tracing;

/// <summary>
/// The spans of a partition's task, and what its records carry on. Whether there is anything to do is asked once a batch: where nobody listens, no
/// header is read and nothing is made. Used by the partition's thread, except for <see cref="Carry"/>, which belongs to the callbacks at work.
/// </summary>
sealed class TaskTracing(string group, TracingMode mode)
{
    Activity? _batch;

    // What has no other headers shares these: made at most once a batch by each callback at work.
    Headers? _batchHeaders;
    Activity? _outer;
    bool _isInside;
    int _failures;

    /// <summary>Whether what the callbacks of the batch at hand write is to carry trace headers.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Whether each callback of the batch at hand is a span.</summary>
    public bool HasRecordSpans { get; private set; }

    /// <summary>A batch begins; the one before has ended.</summary>
    /// <param name="batch">Its records.</param>
    /// <param name="isVisit">Whether they are keys that are visited.</param>
    /// <param name="isOne">Whether one callback takes them all.</param>
    public void Begin(RecordBatch batch, bool isVisit, bool isOne)
    {
        if (mode == TracingMode.Off)
            return;
        var isListenedTo = mode != TracingMode.Carry && Spans.Source.HasListeners();
        IsOn = isListenedTo || mode == TracingMode.Carry;
        HasRecordSpans = isListenedTo && mode == TracingMode.Record && !isVisit && !isOne;
        _failures = 0;
        _batchHeaders = null;
        if (!isListenedTo)
            return;
        // A root: what its records were sent by is linked.
        SetCurrent(null);
        _batch = Spans.OfBatch(isVisit ? "visit" : "process", group, batch, links: !HasRecordSpans);
    }

    /// <summary>The batch ends.</summary>
    /// <param name="error">Why it does not end well, or null.</param>
    public void End(string? error = null)
    {
        if (_batch is { } span)
        {
            _batch = null;
            if (error is not null)
                span.SetStatus(ActivityStatusCode.Error, error);
            span.Dispose();
        }

        IsOn = HasRecordSpans = false;
    }

    /// <summary>The task begins to work: spans of others are children of the batch at hand until <see cref="Leave"/>.</summary>
    public void Enter()
    {
        if (_batch is not null)
            SetCurrent(_batch);
    }

    /// <summary>The task works no more for now.</summary>
    public void Leave()
    {
        if (!_isInside)
            return;
        _isInside = false;
        Activity.Current = _outer;
        _outer = null;
    }

    /// <summary>Begins the span of a callback, which the caller disposes; null when the listeners do not want it.</summary>
    public Activity? BeginRecord(RecordBatch batch, int index, int attempt) => Spans.OfRecord(group, batch, index, attempt, _batch);

    /// <summary>A record has failed, for good or not.</summary>
    public void Failed(Exception error)
    {
        if (_batch is not null && _failures++ < Spans.MostFailures)
            Spans.Failed(_batch, error);
    }

    /// <summary>What a callback writes carries on: its own span, else the context that its record was sent in, else the batch's span.</summary>
    public Headers? Carry(RecordBatch batch, int index, Activity? span, Headers? headers)
    {
        if (span is not null)
            return TraceHeaders.With(headers, span);
        if (TraceHeaders.TryCarry(batch.Headers(index), ref headers) || _batch is null)
            return headers;
        return headers is null ? _batchHeaders ??= TraceHeaders.With(null, _batch) : TraceHeaders.With(headers, _batch);
    }

    void SetCurrent(Activity? span)
    {
        if (!_isInside)
        {
            _isInside = true;
            _outer = Activity.Current;
        }

        Activity.Current = span;
    }
}
