namespace GokaAkka.Web.Monitoring;

/// <summary>Figures over time, the oldest forgotten: the memory of one is bounded. Safe for one writer and any number of readers.</summary>
sealed class Series(int capacity)
{
    readonly Lock _lock = new();
    readonly Point[] _points = new Point[capacity];
    int _count;
    int _next;

    /// <summary>One moment.</summary>
    /// <param name="At">When.</param>
    /// <param name="In">Records taken, a second.</param>
    /// <param name="Out">Records sent, a second, those of tables not among them.</param>
    /// <param name="Lag">Records not done.</param>
    /// <param name="Failed">Records that were passed over or dead-lettered since the point before.</param>
    public readonly record struct Point(DateTimeOffset At, double In, double Out, long Lag, long Failed);

    public void Add(Point point)
    {
        lock (_lock)
        {
            _points[_next] = point;
            _next = (_next + 1) % capacity;
            _count = Math.Min(_count + 1, capacity);
        }
    }

    /// <summary>The points since a moment, the oldest first.</summary>
    public IReadOnlyList<Point> Since(DateTimeOffset from)
    {
        lock (_lock)
        {
            var points = new List<Point>(_count);
            for (var i = 0; i < _count; i++)
            {
                var point = _points[(_next - _count + i + capacity) % capacity];
                if (point.At >= from)
                    points.Add(point);
            }

            return points;
        }
    }

    /// <summary>The time of the last point; the beginning of time where there is none.</summary>
    public DateTimeOffset Last
    {
        get
        {
            lock (_lock)
                return _count == 0 ? DateTimeOffset.MinValue : _points[(_next - 1 + capacity) % capacity].At;
        }
    }
}
