namespace GokaAkka.Web.Monitoring;

/// <summary>How all groups, and each, have done over the last while.</summary>
sealed class Histories(TimeSpan length, TimeSpan interval)
{
    // So many groups are followed: 18 KB each with the defaults.
    const int MostGroups = 1000;

    readonly int _capacity = (int)Math.Clamp(length / interval, 2, 5000);
    readonly ConcurrentDictionary<string, Series> _groups = new(StringComparer.Ordinal);
    Series? _all;

    /// <summary>All groups together.</summary>
    public Series All => _all ??= new Series(_capacity);

    public Series? Of(string group) => _groups.GetValueOrDefault(group);

    public void Add(Snapshot snapshot, IReadOnlyList<GroupSummary> groups)
    {
        // What has no moment before has no rates, and would be taken for one that did nothing.
        var known = groups.Where(g => snapshot.Groups[g.Name].Members.Any(static m => m.HasRates)).ToList();
        foreach (var group in known)
        {
            var series = Of(group.Name) ?? (_groups.Count < MostGroups ? _groups.GetOrAdd(group.Name, new Series(_capacity)) : null);
            series?.Add(new Series.Point(snapshot.At, group.In, group.Out, group.Lag, group.FailedNow));
        }

        if (known.Count > 0)
            All.Add(new Series.Point(snapshot.At, groups.Sum(static g => g.In), groups.Sum(static g => g.Out), groups.Sum(static g => g.Lag), groups.Sum(static g => g.FailedNow)));
        foreach (var (name, series) in _groups)
        {
            if (snapshot.At - series.Last > length)
                _groups.TryRemove(name, out _);
        }
    }
}
