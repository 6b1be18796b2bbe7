using GokaAkka.Web.Monitoring;

namespace GokaAkka.Web.Diagnosis;

/// <summary>Whether a group keeps up, and whether it loses records on the way.</summary>
static class LagTrend
{
    static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    static readonly TimeSpan FailureWindow = TimeSpan.FromMinutes(5);

    // Of a lag that a second's work makes up for nobody has to know.
    const double SecondsOfWork = 5;
    const long SmallLag = 100;

    public static void Add(string group, Series series, DateTimeOffset now, bool isPaused, List<Problem> found)
    {
        AddFailures(group, series, now, found);
        var points = series.Since(now - Window);
        if (points.Count < 5 || isPaused)
            return;
        var (first, last) = (points[0], points[^1]);
        var seconds = (last.At - first.At).TotalSeconds;
        var rate = points.Average(static p => p.In);
        if (seconds < Window.TotalSeconds / 3 || last.Lag < Math.Max(SmallLag, rate * SecondsOfWork))
            return;
        var growth = Slope(points);
        if (growth > 0 && growth * seconds > Math.Max(SmallLag, last.Lag * 0.02))
        {
            found.Add(new Problem
            {
                Id = $"lag:{group}", Severity = Verdict.Attention, Title = rate > 0 ? $"{group} is falling behind" : $"{group} does not process its records",
                Detail = $"{last.Lag:#,0} records wait, {growth:#,0.#} more each second; it takes {rate:#,0.#} a second.",
                Hint = rate > 0 ? "It needs more nodes, up to one a partition, or faster callbacks." : "Look at its partitions: something keeps them all.", Group = group,
            });
        }
        else if (growth < 0)
        {
            found.Add(new Problem
            {
                Id = $"lag:{group}", Severity = Verdict.Note, Title = $"{group} is catching up",
                Detail = $"{last.Lag:#,0} records wait; at this pace it has caught up in about {Words(last.Lag / -growth)}.", Group = group,
            });
        }
        else if (rate == 0)
        {
            found.Add(new Problem
            {
                Id = $"lag:{group}", Severity = Verdict.Attention, Title = $"{group} does not process its records", Detail = $"{last.Lag:#,0} records wait and none is taken.",
                Hint = "Look at its partitions: something keeps them all.", Group = group,
            });
        }
    }

    static void AddFailures(string group, Series series, DateTimeOffset now, List<Problem> found)
    {
        var failed = series.Since(now - FailureWindow).Sum(static p => p.Failed);
        if (failed > 0)
        {
            found.Add(new Problem
            {
                Id = $"failures:{group}", Severity = Verdict.Attention,
                Title = $"{group} has passed over {(failed == 1 ? "1 record" : $"{failed:#,0} records")} that failed",
                Detail = $"In the last {FailureWindow.TotalMinutes:0} minutes, by its error policy.", Hint = "The group's page says in which partitions; dead letters have the error in their headers.",
                Group = group,
            });
        }
    }

    // The line that fits best, so that one batch more or less is no trend.
    static double Slope(IReadOnlyList<Series.Point> points)
    {
        var start = points[0].At;
        var meanX = points.Average(p => (p.At - start).TotalSeconds);
        var meanY = points.Average(static p => (double)p.Lag);
        double over = 0, under = 0;
        foreach (var point in points)
        {
            var x = (point.At - start).TotalSeconds - meanX;
            over += x * (point.Lag - meanY);
            under += x * x;
        }

        return under == 0 ? 0 : over / under;
    }

    static string Words(double seconds) => seconds switch
    {
        < 90 => $"{Math.Max(1, seconds):0} s",
        < 90 * 60 => $"{seconds / 60:0} min",
        < 36 * 3600 => $"{seconds / 3600:0} h",
        _ => $"{seconds / 86400:0} days",
    };
}
