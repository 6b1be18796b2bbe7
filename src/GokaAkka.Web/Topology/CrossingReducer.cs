namespace GokaAkka.Web.Topology;

/// <summary>Puts the cells of layers in an order with few crossings.</summary>
static class CrossingReducer
{
    public static void Order(List<List<Cell>> layers, int sweeps)
    {
        var best = layers.ConvertAll(static l => l.ToList());
        var fewest = Crossings(layers);
        for (var sweep = 0; sweep < sweeps && fewest > 0; sweep++)
        {
            if (sweep % 2 == 0)
            {
                for (var i = 1; i < layers.Count; i++)
                    Sort(layers[i], layers[i - 1], static c => c.Before);
            }
            else
            {
                for (var i = layers.Count - 2; i >= 0; i--)
                    Sort(layers[i], layers[i + 1], static c => c.After);
            }

            var crossings = Crossings(layers);
            if (crossings >= fewest)
                continue;
            fewest = crossings;
            best = layers.ConvertAll(static l => l.ToList());
        }

        for (var i = 0; i < layers.Count; i++)
            layers[i] = best[i];
    }

    // By the middle of each cell's neighbours; a cell without any keeps its place.
    static void Sort(List<Cell> layer, List<Cell> fixedLayer, Func<Cell, List<Cell>> neighbours)
    {
        var places = Places(fixedLayer);
        var wanted = new Dictionary<Cell, double>(layer.Count);
        for (var i = 0; i < layer.Count; i++)
        {
            var near = neighbours(layer[i]);
            wanted[layer[i]] = near.Count == 0 ? i * (double)fixedLayer.Count / layer.Count : near.Average(n => places[n]);
        }

        // OrderBy is stable: of equal ones the first stays first.
        var sorted = layer.OrderBy(c => wanted[c]).ToList();
        layer.Clear();
        layer.AddRange(sorted);
    }

    static long Crossings(List<List<Cell>> layers)
    {
        long crossings = 0;
        for (var i = 1; i < layers.Count; i++)
            crossings += Crossings(layers[i - 1], layers[i]);
        return crossings;
    }

    // Lines in the order of their left ends cross as often as their right ends are out of order: counted with a tree of sums.
    static long Crossings(List<Cell> left, List<Cell> right)
    {
        var places = Places(right);
        var sums = new int[right.Count + 1];
        long crossings = 0;
        var seen = 0;
        foreach (var cell in left)
        {
            var ends = cell.After.Select(a => places[a]).Order().ToList();
            foreach (var end in ends)
                crossings += seen - UpTo(sums, end + 1);
            foreach (var end in ends)
            {
                for (var i = end + 1; i < sums.Length; i += i & -i)
                    sums[i]++;
                seen++;
            }
        }

        return crossings;
    }

    static int UpTo(int[] sums, int end)
    {
        var sum = 0;
        for (var i = end; i > 0; i -= i & -i)
            sum += sums[i];
        return sum;
    }

    static Dictionary<Cell, int> Places(List<Cell> layer)
    {
        var places = new Dictionary<Cell, int>(layer.Count);
        for (var i = 0; i < layer.Count; i++)
            places[layer[i]] = i;
        return places;
    }
}
