namespace GokaAkka.Web.Topology;

/// <summary>Where lines meet boxes: spread over the side, in the order in which they come from, so that no two lie on each other.</summary>
sealed class Ports
{
    readonly Dictionary<(Way Way, bool IsLeftEnd), double> _heights = [];

    public Ports(IReadOnlyCollection<Way> ways)
    {
        foreach (var side in ways.GroupBy(static w => w.Left))
            Spread(side.Key, [.. side.OrderBy(static w => Next(w).Y).ThenBy(static w => w.IsTurned)], true);
        foreach (var side in ways.GroupBy(static w => w.Right))
            Spread(side.Key, [.. side.OrderBy(static w => Previous(w).Y).ThenBy(static w => w.IsTurned)], false);
    }

    /// <summary>From the line's first box to its second.</summary>
    public IReadOnlyList<Spot> Spots(Way way)
    {
        List<Spot> spots =
        [
            new(way.Left.X + way.Left.Width, _heights[(way, true)]),
            .. way.Bends.Select(static b => new Spot(b.X, b.Y)),
            new(way.Right.X, _heights[(way, false)]),
        ];
        if (way.IsTurned)
            spots.Reverse();
        return spots;
    }

    void Spread(Cell cell, List<Way> ways, bool isLeftEnd)
    {
        for (var i = 0; i < ways.Count; i++)
            _heights[(ways[i], isLeftEnd)] = cell.Y - (cell.Height / 2) + (cell.Height * (i + 1) / (ways.Count + 1));
    }

    static Cell Next(Way way) => way.Bends.Count > 0 ? way.Bends[0] : way.Right;

    static Cell Previous(Way way) => way.Bends.Count > 0 ? way.Bends[^1] : way.Left;
}
