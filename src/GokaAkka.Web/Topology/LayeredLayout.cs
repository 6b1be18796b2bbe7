namespace GokaAkka.Web.Topology;

/// <summary>A box to be placed.</summary>
readonly record struct Box(string Id, double Width, double Height);

/// <summary>A line from a box to another.</summary>
readonly record struct Link(string Id, string From, string To);

/// <summary>A place. A box's is its upper left corner.</summary>
readonly record struct Spot(double X, double Y);

/// <summary>Where everything goes. A link's spots lead from its first box to its second.</summary>
sealed record Drawing(double Width, double Height, IReadOnlyDictionary<string, Spot> Boxes, IReadOnlyDictionary<string, IReadOnlyList<Spot>> Links);

/// <summary>
/// Places a graph in layers from left to right: links against the stream are turned round, layers are given by the longest way, crossings are made few
/// by medians of neighbours, and each layer comes as near to its neighbours as its boxes allow. The same graph gives the same drawing.
/// </summary>
sealed class LayeredLayout
{
    public const double LayerGap = 84;
    public const double BoxGap = 22;
    const double Margin = 16;
    const int OrderSweeps = 12;
    const int PlaceSweeps = 8;

    readonly List<Cell> _cells = [];
    readonly List<Way> _ways = [];
    readonly List<List<Cell>> _layers = [];

    LayeredLayout(IReadOnlyList<Box> boxes, IReadOnlyList<Link> links)
    {
        var byId = new Dictionary<string, Cell>(StringComparer.Ordinal);
        foreach (var box in boxes)
        {
            var cell = new Cell(box.Id, box.Width, box.Height);
            byId[box.Id] = cell;
            _cells.Add(cell);
        }

        foreach (var link in links.Where(static l => l.From != l.To))
            _ways.Add(new Way(link.Id, byId[link.From], byId[link.To]));
    }

    public static Drawing Place(IReadOnlyList<Box> boxes, IReadOnlyList<Link> links)
    {
        if (boxes.Count == 0)
            return new Drawing(0, 0, new Dictionary<string, Spot>(), new Dictionary<string, IReadOnlyList<Spot>>());
        var layout = new LayeredLayout(boxes, links);
        layout.BreakCycles();
        layout.AssignLayers();
        layout.CutLongWays();
        CrossingReducer.Order(layout._layers, OrderSweeps);
        RowPlacer.Place(layout._layers, PlaceSweeps);
        return layout.Draw();
    }

    // A link that comes back to a box that is still being looked through closes a cycle.
    void BreakCycles()
    {
        var outgoing = _ways.ToLookup(static w => w.From);
        var state = new Dictionary<Cell, bool>();
        foreach (var start in _cells.OrderBy(c => _ways.Any(w => w.To == c)))
        {
            if (state.ContainsKey(start))
                continue;
            var stack = new Stack<(Cell Cell, IEnumerator<Way> Ways)>();
            state[start] = true;
            stack.Push((start, outgoing[start].GetEnumerator()));
            while (stack.Count > 0)
            {
                var (cell, ways) = stack.Peek();
                if (!ways.MoveNext())
                {
                    state[cell] = false;
                    stack.Pop();
                }
                else if (!state.TryGetValue(ways.Current.To, out var isOpen))
                {
                    state[ways.Current.To] = true;
                    stack.Push((ways.Current.To, outgoing[ways.Current.To].GetEnumerator()));
                }
                else if (isOpen)
                {
                    ways.Current.IsTurned = true;
                }
            }
        }
    }

    void AssignLayers()
    {
        var waiting = _cells.ToDictionary(static c => c, c => _ways.Count(w => w.Right == c));
        var outgoing = _ways.ToLookup(static w => w.Left);
        var ready = new Queue<Cell>(_cells.Where(c => waiting[c] == 0));
        while (ready.TryDequeue(out var cell))
        {
            foreach (var way in outgoing[cell])
            {
                way.Right.Layer = Math.Max(way.Right.Layer, cell.Layer + 1);
                if (--waiting[way.Right] == 0)
                    ready.Enqueue(way.Right);
            }
        }

        // What nothing leads to stands right before what it leads to first.
        foreach (var cell in _cells.Where(c => outgoing[c].Any() && _ways.TrueForAll(w => w.Right != c)))
            cell.Layer = outgoing[cell].Min(static w => w.Right.Layer) - 1;
        for (var i = _cells.Max(static c => c.Layer); i >= 0; i--)
            _layers.Add([]);
        foreach (var cell in _cells)
            _layers[cell.Layer].Add(cell);
    }

    void CutLongWays()
    {
        foreach (var way in _ways)
        {
            var before = way.Left;
            for (var layer = way.Left.Layer + 1; layer < way.Right.Layer; layer++)
            {
                var bend = new Cell(way.Id, 0, 0) { Layer = layer };
                _layers[layer].Add(bend);
                way.Bends.Add(bend);
                Cell.Join(before, bend);
                before = bend;
            }

            Cell.Join(before, way.Right);
        }
    }

    Drawing Draw()
    {
        var left = Margin;
        foreach (var layer in _layers)
        {
            var width = layer.Max(static c => c.Width);
            foreach (var cell in layer)
                cell.X = left + ((width - cell.Width) / 2);
            left += width + LayerGap;
        }

        var top = _layers.SelectMany(static l => l).Min(static c => c.Y - (c.Height / 2));
        foreach (var cell in _layers.SelectMany(static l => l))
            cell.Y += Margin - top;
        var ports = new Ports(_ways);
        return new Drawing(
            left - LayerGap + Margin, _layers.SelectMany(static l => l).Max(static c => c.Y + (c.Height / 2)) + Margin,
            _cells.ToDictionary(static c => c.Id, static c => new Spot(c.X, c.Y - (c.Height / 2)), StringComparer.Ordinal),
            _ways.ToDictionary(static w => w.Id, w => ports.Spots(w), StringComparer.Ordinal));
    }
}

/// <summary>A box, or a bend of a line that passes a layer.</summary>
sealed class Cell(string id, double width, double height)
{
    public string Id => id;

    public double Width => width;

    public double Height => height;

    public int Layer { get; set; }

    public double X { get; set; }

    /// <summary>Its middle.</summary>
    public double Y { get; set; }

    public List<Cell> Before { get; } = [];

    public List<Cell> After { get; } = [];

    public static void Join(Cell left, Cell right)
    {
        left.After.Add(right);
        right.Before.Add(left);
    }
}

/// <summary>A line and its way through the layers.</summary>
sealed class Way(string id, Cell from, Cell to)
{
    public string Id => id;

    public Cell From => from;

    public Cell To => to;

    /// <summary>Whether it leads from right to left.</summary>
    public bool IsTurned { get; set; }

    public Cell Left => IsTurned ? to : from;

    public Cell Right => IsTurned ? from : to;

    /// <summary>From left to right.</summary>
    public List<Cell> Bends { get; } = [];
}
