using static Microsoft.Playwright.Assertions;

namespace GokaAkka.Web.Tests.Browser;

/// <summary>Pages of clusters that are in trouble, or large.</summary>
[Collection(BrowserTests.Name)]
public sealed class IncidentTests(BrowserFixture browser, ITestOutputHelper output)
{
    const int Groups = 100;
    const int Partitions = 64;
    const int Observed = 3;

    static readonly DateTimeOffset Start = DateTimeOffset.UtcNow;

    [BrowserFact]
    public async Task Incident_must_be_told_with_the_worst_first()
    {
        await using var server = await SyntheticServer.Start(Incident, TimeSpan.FromMilliseconds(200));
        await using var open = await browser.Open(server.Monitor + "/");
        await Expect(open.Page.Locator(".headline")).ToHaveTextAsync("payments has failed on 10.0.0.2:4053, and 2 more are broken");
        await Expect(open.Page.Locator(".problems li").First).ToContainTextAsync("no such topic: payments-in");
        await Expect(open.Page.Locator("section[aria-labelledby=groups] tbody tr").First).ToContainTextAsync("payments");
        await Expect(open.Page.Locator("section[aria-labelledby=log] tbody tr").First).ToContainTextAsync("kafka-2:9092 refused the connection");
        await Look("incident", open);

        await using var group = await browser.Open(server.Monitor + "/groups/orders");
        await Expect(group.Page.Locator("progress:visible")).ToHaveCountAsync(1);
        await Look("incident-group", group);
    }

    [BrowserFact]
    public async Task Hundred_groups_of_64_partitions_must_stay_responsive()
    {
        var steps = 0;
        await using var server = await SyntheticServer.Start(() =>
        {
            var step = Interlocked.Increment(ref steps);
            // Every rate and count changes each time: more than that cannot.
            return [Synthetic.Node(Groups, Partitions, g => (step * 1000L) + (step * step * (g + 1)), Start + TimeSpan.FromSeconds(2 * step))];
        }, TimeSpan.FromMilliseconds(250));
        output.WriteLine($"{Groups} groups of {Partitions} partitions");
        foreach (var (page, path, rows) in new[] { ("overview", "/", Groups), ("group", "/groups/group-050", Partitions), ("topology", "/topology", Groups) })
        {
            var watch = Stopwatch.StartNew();
            await using var open = await browser.Open("about:blank");
            var bytes = 0L;
            var devtools = await open.Page.Context.NewCDPSessionAsync(open.Page);
            await devtools.SendAsync("Network.enable");
            await devtools.SendAsync("Performance.enable");
            devtools.Event("Network.eventSourceMessageReceived").OnEvent += (_, message) =>
                output.WriteLine($"  {page}: {message!.Value.GetProperty("eventName").GetString()} of {Encoding.UTF8.GetByteCount(message.Value.GetProperty("data").GetString()!):#,0} bytes");
            devtools.Event("Network.dataReceived").OnEvent += (_, message) => Interlocked.Add(ref bytes, message!.Value.GetProperty("dataLength").GetInt64());
            await open.Page.GotoAsync(server.Monitor + path);
            await Expect(open.Page.Locator(page == "topology" ? "a.place.group" : "section tbody >> nth=0 >> tr")).ToHaveCountAsync(rows);
            output.WriteLine($"{page}: shown after {watch.ElapsedMilliseconds} ms, {bytes:#,0} bytes received");
            var (before, updates) = (await Metrics(devtools), await Updates(open));
            await open.Page.WaitForFunctionAsync("n => window.updates >= n", updates + Observed);
            var after = await Metrics(devtools);
            output.WriteLine($"{page}: script {(after.Script - before.Script) / Observed * 1000:0.0} ms, style and layout {(after.Layout - before.Layout) / Observed * 1000:0.0} ms an update");
            // By keys, it answers at once: a page that is busy all the time does not.
            await open.Page.Keyboard.PressAsync("Tab");
            open.Complaints.ShouldBeEmpty();
            await open.Screenshot($"many-{page}");
        }
    }

    static Task<int> Updates(OpenPage open) => open.Page.EvaluateAsync<int>(
        "() => { window.updates = 0; new MutationObserver(() => window.updates++).observe(document.getElementById('live'), { attributes: true, attributeFilter: ['title'] }); return 0; }");

    static async Task<(double Script, double Layout)> Metrics(ICDPSession devtools)
    {
        var metrics = (await devtools.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray()
            .ToDictionary(static m => m.GetProperty("name").GetString()!, static m => m.GetProperty("value").GetDouble());
        return (metrics["ScriptDuration"], metrics["LayoutDuration"] + metrics["RecalcStyleDuration"]);
    }

    static async Task Look(string name, OpenPage open)
    {
        await open.Screenshot(name);
        (await Accessibility.Check(open.Page)).ShouldBeEmpty();
        await open.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await open.Screenshot($"{name}-dark");
        (await Accessibility.Check(open.Page)).ShouldBeEmpty();
        await open.Page.SetViewportSizeAsync(390, 844);
        await open.Screenshot($"{name}-phone");
        (await Accessibility.Check(open.Page)).ShouldBeEmpty();
        open.Complaints.ShouldBeEmpty();
    }

    static IReadOnlyList<NodeReport> Incident()
    {
        var now = DateTimeOffset.UtcNow;
        var orders = Synthetic.Group("orders", 6, (long)(now - Start).TotalMilliseconds);
        var partitions = orders.Partitions.ToArray();
        partitions[0] = partitions[0] with
        {
            State = "Restarting", Restarts = 4, LastError = "InvalidOperationException: order 4711 has no customer, and the callback expects one",
        };
        partitions[1] = partitions[1] with { State = "Restoring", Restored = 400_000, Remaining = 1_600_000, RestoreStarted = now - TimeSpan.FromSeconds(20) };
        var node = new NodeReport
        {
            Address = "akka://shop@10.0.0.1:4053", Status = "Up", At = now, Started = Start - TimeSpan.FromHours(31), Version = "1.0.0", Kafka = "kafka-1:9092,kafka-2:9092",
            Log = [new LogReport(now.AddSeconds(-75), "warning", "akka://shop/system/goka-processor-orders-1", "orders: The coordinator does not answer: kafka-2:9092 refused the connection")],
            Groups =
            [
                orders with
                {
                    Partitions = partitions,
                    Troubles = [new TroubleReport("The coordinator does not answer", "kafka-2:9092 refused the connection", now - TimeSpan.FromSeconds(75))],
                    Rebalances = [new RebalanceReport(now - TimeSpan.FromMinutes(3), "assigned", [0, 1, 2, 3, 4, 5])],
                },
                Synthetic.Group("shipping", 4, (long)(now - Start).TotalMilliseconds) with { Paused = ["shipping-in"] },
            ],
        };
        return
        [
            node,
            node with { Address = "akka://shop@10.0.0.2:4053", Log = [], Groups = [Synthetic.Group("payments", 4, 5) with { State = "Failed", Error = "no such topic: payments-in", Partitions = [] }] },
            new NodeReport { Address = "akka://shop@10.0.0.3:4053", Status = "Unreachable", Silent = "it is Unreachable" },
        ];
    }
}
