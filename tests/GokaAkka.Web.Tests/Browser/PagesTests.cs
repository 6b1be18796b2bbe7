using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GokaAkka.Web.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed partial class PagesTests(BrowserFixture browser)
{
    [BrowserFact]
    public async Task Overview_must_show_groups_that_run_with_live_figures()
    {
        await using var open = await browser.Open("/");
        await Expect(open.Page.Locator(".live")).ToHaveTextAsync("Live");
        await Expect(open.Page.Locator(".headline")).ToHaveTextAsync("All is well");
        var row = open.Page.Locator("tr", new() { HasText = Shop.Counting }).First;
        await Expect(row.Locator(".badge")).ToHaveTextAsync("running");
        await Expect(row.Locator("[data-title=Taken]")).ToHaveTextAsync(Rate());
        await Expect(open.Page.Locator(".chart.in .now")).ToHaveTextAsync(Rate());
        await open.Screenshot("overview");
        await Looks(open, "overview");
    }

    [BrowserFact]
    public async Task Group_page_must_show_partitions_edges_and_rebalances()
    {
        await using var open = await browser.Open($"/groups/{Shop.Counting}");
        await Expect(open.Page.Locator(".headline")).ToHaveTextAsync("All is well");
        await Expect(open.Page.Locator("section[aria-labelledby=partitions] tbody tr")).ToHaveCountAsync(4);
        await Expect(open.Page.Locator("section[aria-labelledby=edges] tbody tr")).ToHaveCountAsync(3);
        await Looks(open, "group");
    }

    [BrowserFact]
    public async Task Topology_must_draw_what_is_connected()
    {
        await using var open = await browser.Open("/topology");
        await Expect(open.Page.Locator(".place")).ToHaveCountAsync(9);
        await Looks(open, "topology");
    }

    [BrowserFact]
    public async Task Query_must_read()
    {
        await using var open = await browser.Open($"/query?table={Shop.ProfilesTable}&mode=all");
        await Expect(open.Page.Locator(".entries tbody tr")).ToHaveCountAsync(5);
        await Looks(open, "query");
        await using var one = await browser.Open($"/query?table={Shop.ProfilesTable}&mode=key&key=alice");
        await Expect(one.Page.Locator(".value pre")).ToContainTextAsync("Zürich");
        await Looks(one, "query-key");
    }

    [BrowserFact]
    public async Task Actions_must_be_shown()
    {
        await using var open = await browser.Open("/actions");
        await Expect(open.Page.Locator(".actions li")).ToHaveCountAsync(2);
        await Looks(open, "actions");
    }

    async Task Looks(OpenPage open, string name)
    {
        var page = open.Page;
        await open.Screenshot(name);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await open.Screenshot($"{name}-dark");
        await page.SetViewportSizeAsync(390, 844);
        await open.Screenshot($"{name}-phone");
        open.Complaints.ShouldBeEmpty();
    }

    [GeneratedRegex(@"^[1-9][0-9.,]*/s$")]
    private static partial Regex Rate();
}
