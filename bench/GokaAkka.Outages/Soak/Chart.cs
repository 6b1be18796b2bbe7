namespace GokaAkka.Outages.Soak;

/// <summary>Series as a picture: one below the other, the workers in colours of their own.</summary>
static class Chart
{
    const int Width = 900;
    const int Height = 160;
    const int Margin = 60;

    static readonly string[] Colours = ["#1f77b4", "#d62728"];

    public static string Svg(IReadOnlyList<IReadOnlyList<Series>> workers)
    {
        var text = new StringBuilder();
        var names = workers[0].Select(s => s.Name).ToList();
        text.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{names.Count * Height}\" font-family=\"sans-serif\" font-size=\"11\">\n");
        for (var figure = 0; figure < names.Count; figure++)
        {
            var all = workers.SelectMany(w => w[figure].Points).ToList();
            var (hours, top, y) = (Math.Max(1e-6, all.Max(p => p.Hours)), Math.Max(1e-6, all.Max(p => p.Value)), (figure * Height) + 20);
            text.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin}\" y=\"{y - 6}\">{names[figure]}, 0 to {top:0.#}, over {hours * 60:0} minutes</text>\n");
            text.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Margin}\" y=\"{y}\" width=\"{Width - (2 * Margin)}\" height=\"{Height - 40}\" fill=\"none\" stroke=\"#ccc\"/>\n");
            for (var worker = 0; worker < workers.Count; worker++)
            {
                var points = workers[worker][figure].Points.Select(p => string.Create(
                    CultureInfo.InvariantCulture, $"{Margin + (p.Hours / hours * (Width - (2 * Margin))):0.0},{y + ((Height - 40) * (1 - (p.Value / top))):0.0}"));
                text.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{Colours[worker % Colours.Length]}\" points=\"{string.Join(' ', points)}\"/>\n");
            }
        }

        return text.Append("</svg>\n").ToString();
    }
}
