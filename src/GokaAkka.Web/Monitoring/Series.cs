namespace GokaAkka.Web.Monitoring;

/// <summary>Figures over time, the oldest forgotten: the memory of one is bounded. Safe for one writer and any number of readers.</summary>
sealed class Series(int capacity)
{
    readonly Queue<Point> _points = new(capacity);

    /// <summary>One moment.</summary>
    /// <param name="At">When.</param>
    /// <param name="In">Records taken, a second.</param>
    /// <param name="Out">Records sent, a second, those of tables not among them.</param>
    /// <param name="Lag">Records not done.</param>
    /// <param name="Failed">Records that were passed over or dead-lettered since the point before.</param>
    public readonly record struct Point(DateTimeOffset At, double In, double Out, long Lag, long Failed);

    /// <summary>The time of the last point; the beginning of time where there is none.</summary>
    public DateTimeOffset Last { get; private set; } = DateTimeOffset.MinValue;

    public void Add(Point point)
    {
        lock (_points)
        {
            if (_points.Count == capacity)
                _points.Dequeue();
            _points.Enqueue(point);
            Last = point.At;
        }
    }

    /// <summary>The points since a moment, the oldest first.</summary>
    public IReadOnlyList<Point> Since(DateTimeOffset from)
    {
        lock (_points)
            return [.. _points.Where(p => p.At >= from)];
    }
}
