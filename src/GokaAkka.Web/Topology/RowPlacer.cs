namespace GokaAkka.Web.Topology;

/// <summary>Gives the cells of ordered layers their heights: as near to their neighbours as their order and their gaps allow.</summary>
static class RowPlacer
{
    public static void Place(List<List<Cell>> layers, int sweeps)
    {
        foreach (var layer in layers)
        {
            var y = 0.0;
            for (var i = 0; i < layer.Count; i++)
                layer[i].Y = i == 0 ? 0 : (y += Distance(layer[i - 1], layer[i]));
        }

        for (var sweep = 0; sweep < sweeps; sweep++)
        {
            var isForward = sweep % 2 == 0;
            for (var i = 0; i < layers.Count; i++)
                Settle(layers[isForward ? i : layers.Count - 1 - i], isForward);
        }
    }

    static void Settle(List<Cell> layer, bool isForward)
    {
        // The best heights under "each at least so far below the one before" are those of an isotonic regression: cells that would come too near
        // are taken together, at the mean of what they want.
        var blocks = new List<(double Sum, int Count)>();
        var offset = 0.0;
        for (var i = 0; i < layer.Count; i++)
        {
            offset += i == 0 ? 0 : Distance(layer[i - 1], layer[i]);
            var (sum, count) = (Wanted(layer[i], isForward) - offset, 1);
            while (blocks.Count > 0 && blocks[^1].Sum / blocks[^1].Count >= sum / count)
            {
                sum += blocks[^1].Sum;
                count += blocks[^1].Count;
                blocks.RemoveAt(blocks.Count - 1);
            }

            blocks.Add((sum, count));
        }

        var at = 0;
        offset = 0;
        foreach (var (sum, count) in blocks)
        {
            for (var i = 0; i < count; i++, at++)
            {
                offset += at == 0 ? 0 : Distance(layer[at - 1], layer[at]);
                layer[at].Y = (sum / count) + offset;
            }
        }
    }

    static double Wanted(Cell cell, bool isForward)
    {
        var near = isForward ? cell.Before : cell.After;
        if (near.Count == 0)
            near = isForward ? cell.After : cell.Before;
        return near.Count == 0 ? cell.Y : near.Average(static n => n.Y);
    }

    static double Distance(Cell above, Cell below) => ((above.Height + below.Height) / 2) + LayeredLayout.BoxGap;
}
