using static Microsoft.Playwright.Assertions;

namespace GokaAkka.Web.Tests.Browser;

/// <summary>How the topology is drawn: what stands where on the page, and what its layout makes of other graphs.</summary>
[Collection(BrowserTests.Name)]
public sealed class TopologyTests(BrowserFixture browser)
{
    // What is drawn, by its title: the left and upper side, width and height of a box.
    const string Boxes = "() => Object.fromEntries([...document.querySelectorAll('.place')].map(p => [p.querySelector('title').textContent.split(',')[0], "
        + "['x', 'y', 'width', 'height'].map(a => Number(p.querySelector('rect').getAttribute(a)))]))";

    // Whether lines begin and end at boxes' sides: [x, y] of both ends, sorted by class.
    const string Loops = "() => [...document.querySelectorAll('.flow.loop')].map(p => [p.getPointAtLength(0), p.getPointAtLength(p.getTotalLength())].flatMap(e => [e.x, e.y]))";

    const string Random =
        """
        async ([module, seed]) => {
          const { place } = await import(module);
          const random = most => (seed = seed * 48271 % 2147483647) % most;
          const problems = [];
          for (let round = 0; round < 30; round++) {
            const places = Object.fromEntries(Array.from({ length: 2 + random(38) }, (_, i) => [`p${i}`, { name: 'n'.repeat(1 + random(40)) }]));
            const ids = Object.keys(places);
            const flows = {};
            for (let i = random(80); i > 0; i--) {
              const from = random(ids.length);
              flows[`f${i}`] = { from: ids[from], to: ids[(from + 1 + random(ids.length - 1)) % ids.length] };
            }
            const drawing = place(places, flows);
            const all = [...drawing.boxes];
            if (all.length !== ids.length || drawing.lines.size !== Object.keys(flows).length) problems.push(`round ${round}: something is not drawn`);
            for (const [i, [id, a]] of all.entries()) {
              if (!(a.x >= 0 && a.y >= 0 && a.x + a.width <= drawing.width && a.y + a.height <= drawing.height)) problems.push(`round ${round}: ${id} is outside`);
              for (const [other, b] of all.slice(i + 1)) {
                if (a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height) problems.push(`round ${round}: ${id} and ${other} overlap`);
              }
            }
            for (const [name, line] of drawing.lines) {
              if (line.some((at, i) => !(at >= 0 && at <= (i % 2 === 0 ? drawing.width : drawing.height)))) problems.push(`round ${round}: ${name} leads outside`);
              const ends = [[flows[name].from, line[0], line[1]], [flows[name].to, line.at(-2), line.at(-1)]];
              for (const [id, x, y] of ends) {
                const box = drawing.boxes.get(id);
                if (!((x === box.x || x === box.x + box.width) && y > box.y && y < box.y + box.height)) problems.push(`round ${round}: ${name} does not end at ${id}`);
              }
            }
            if (JSON.stringify([...place(places, flows).lines]) !== JSON.stringify([...drawing.lines])) problems.push(`round ${round}: drawn in another way again`);
          }
          return problems;
        }
        """;

    [BrowserFact]
    public async Task Records_must_flow_from_left_to_right_and_a_loop_lead_back_beside_itself()
    {
        await using var open = await browser.Open("/topology");
        await Expect(open.Page.Locator(".place")).ToHaveCountAsync(9);

        var boxes = await open.Page.EvaluateAsync<Dictionary<string, double[]>>(Boxes);
        string[] way = [$"stream {Shop.Clicks}", $"group {Shop.Counting}", $"table {Shop.CountingTable}", $"group {Shop.Profiles}", "stream profiles-loop"];
        way.Select(w => boxes[w][0]).ShouldBeInOrder(SortDirection.Ascending);
        // A chain without a branch is straight.
        boxes[way[0]][1].ShouldBe(boxes[way[1]][1]);
        var loops = await open.Page.EvaluateAsync<double[][]>(Loops);
        loops.Select(static l => l[0] < l[2]).Order().ShouldBe([false, true]);
        loops[0][1].ShouldNotBe(loops[1][3]);
    }

    [BrowserFact]
    public async Task Lines_must_not_cross_where_they_need_not()
    {
        await using var server = await SyntheticServer.Start(static () => [Synthetic.Node(6, 2, 1000, DateTimeOffset.UtcNow)], TimeSpan.FromMilliseconds(200));
        await using var open = await browser.Open(server.Monitor + "/topology");
        await Expect(open.Page.Locator("a.place.group")).ToHaveCountAsync(6);

        var boxes = await open.Page.EvaluateAsync<Dictionary<string, double[]>>(Boxes);
        var groups = boxes.Where(static b => b.Key.StartsWith("group ", StringComparison.Ordinal)).OrderBy(static b => b.Value[1]).Select(static b => b.Key["group ".Length..]).ToList();
        foreach (var (kind, suffix) in new[] { ("stream", "in"), ("stream", "out"), ("table", "table") })
            groups.Select(g => boxes[$"{kind} {g}-{suffix}"][1]).ShouldBeInOrder(SortDirection.Ascending);
    }

    [BrowserFact]
    public async Task Boxes_must_not_overlap_lines_end_at_them_and_the_same_graph_be_drawn_alike_whatever_it_is()
    {
        const int seed = 20260722;
        await using var open = await browser.Open("/topology");
        var module = (await open.Page.Locator("script[type=module]").GetAttributeAsync("src"))!.Replace("topology.js", "layout.js", StringComparison.Ordinal);

        (await open.Page.EvaluateAsync<string[]>(Random, new object[] { module, seed })).ShouldBeEmpty($"seed {seed}");
    }
}
