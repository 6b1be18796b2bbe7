using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace GokaAkka.Web.Tests.Browser;

/// <summary>Each page with what a real processor does at the moment: shown, complete, harmless, and usable by all.</summary>
[Collection(BrowserTests.Name)]
public sealed partial class PagesTests(BrowserFixture browser)
{
    [BrowserFact]
    public async Task Overview_must_show_groups_that_run_with_live_figures()
    {
        await using var open = await browser.Open("/");
        await Expect(open.Page.Locator(".live")).ToHaveTextAsync("Live");
        await Expect(open.Page.Locator(".headline")).Not.ToBeEmptyAsync();
        var row = open.Page.Locator("section[aria-labelledby=groups] tr", new() { HasText = Shop.Counting });
        await Expect(row.Locator("[data-title=Taken]")).ToHaveTextAsync(Rate());
        await Expect(open.Page.Locator(".chart.in .now")).ToHaveTextAsync(Rate());
        await Expect(open.Page.Locator("section[aria-labelledby=nodes] tbody tr")).ToHaveCountAsync(1);
        await Check(open, "overview");
    }

    [BrowserFact]
    public async Task Group_must_show_its_partitions_edges_nodes_and_rebalances()
    {
        await using var open = await browser.Open($"/groups/{Shop.Counting}");
        await Expect(open.Page.Locator("section[aria-labelledby=partitions] tbody tr")).ToHaveCountAsync(4);
        await Expect(open.Page.Locator("section[aria-labelledby=edges] tbody tr")).ToHaveCountAsync(3);
        await Expect(open.Page.Locator("section[aria-labelledby=members] tbody tr")).ToHaveCountAsync(1);
        await Expect(open.Page.Locator("section[aria-labelledby=rebalances] tbody tr").First).ToContainTextAsync("assigned");
        await Expect(open.Page.Locator(".chart.in .now")).ToHaveTextAsync(Rate());
        await Check(open, "group");
    }

    [BrowserFact]
    public async Task Topology_must_draw_what_is_connected_with_live_rates_and_say_it_in_words()
    {
        await using var open = await browser.Open("/topology");
        await Expect(open.Page.Locator(".place")).ToHaveCountAsync(9);
        await Expect(open.Page.Locator(".flow")).ToHaveCountAsync(9);
        await Expect(open.Page.Locator(".flow.input.busy")).ToHaveCountAsync(1);
        await Expect(open.Page.Locator("section[aria-labelledby=words] tr", new() { HasText = $"stream {Shop.Clicks}" }).Locator(".number")).ToHaveTextAsync(Rate());
        await Check(open, "topology");

        await open.Page.SetViewportSizeAsync(1280, 900);
        await open.Page.Locator("select").SelectOptionAsync(Shop.Profiles);
        await Expect(open.Page).ToHaveURLAsync(new Regex("group=profiles$"));
        await Expect(open.Page.Locator("a.place.group")).ToHaveCountAsync(2);
    }

    [BrowserFact]
    public async Task Query_must_read_by_the_form_and_its_link_must_show_the_same()
    {
        await using var open = await browser.Open("/query");
        await open.Page.GetByLabel("Table").SelectOptionAsync(Shop.ProfilesTable);
        await open.Page.GetByLabel("Which keys").SelectOptionAsync("key");
        await open.Page.GetByLabel("Key", new() { Exact = true }).FillAsync("alice");
        await open.Page.Keyboard.PressAsync("Enter");
        await Expect(open.Page.Locator(".value pre")).ToContainTextAsync("\"city\": \"Zürich\"");
        await Expect(open.Page.Locator("dl.stamp")).ToContainTextAsync("the owner, shop");

        await using var shared = await browser.Open(open.Page.Url);
        await Expect(shared.Page.Locator(".value pre")).ToContainTextAsync("\"city\": \"Zürich\"");
        await Check(shared, "query-key");
    }

    [BrowserFact]
    public async Task Query_must_page_through_a_range()
    {
        // Enough keys for two pages, whoever has clicked so far.
        await browser.Node.Click(Enumerable.Range(0, 60).Select(static i => $"paged-{i:00}"));
        await Eventually.True(async () => (await Task.WhenAll(Enumerable.Range(0, 60).Select(i => browser.Node.Counting.Has($"paged-{i:00}").AsTask()))).Count(static has => has),
            static counted => counted == 60, "all are counted");
        await using var open = await browser.Open($"/query?table={Shop.CountingTable}&mode=prefix&prefix=paged-");
        await Expect(open.Page.Locator(".entries tbody tr")).ToHaveCountAsync(50);
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await Expect(open.Page.Locator(".entries tbody tr")).ToHaveCountAsync(60);
        await Expect(open.Page.Locator("p.stamp")).ToContainTextAsync("60 keys. Read from the owner, shop");
    }

    [BrowserFact]
    public async Task Keys_and_values_of_strangers_must_be_shown_as_what_they_are()
    {
        await using var open = await browser.Open($"/query?table={Shop.ProfilesTable}&mode=all");
        await Expect(open.Page.Locator(".entries tbody tr")).ToHaveCountAsync(5);
        var rows = open.Page.Locator(".entries tbody");
        await Expect(rows).ToContainTextAsync("<img src=x onerror=alert(1)>");
        await Expect(rows).ToContainTextAsync("<script>alert(document.cookie)</script>");
        await Expect(rows).ToContainTextAsync("ff 00 7f");
        await Expect(rows).ToContainTextAsync("00 01 02 fd fe ff");
        await Expect(rows).ToContainTextAsync("abc\\u202egnp.exe");
        await Expect(rows).ToContainTextAsync("the beginning of 966.8 KiB");
        (await open.Page.Locator("main img, main script, main iframe").CountAsync()).ShouldBe(0);
        await Check(open, "query");

        // The key's link reads it alone, whatever bytes it is of.
        await open.Page.GetByRole(AriaRole.Link, new() { Name = "ff 00 7f" }).ClickAsync();
        await Expect(open.Page.Locator(".value pre")).ToHaveTextAsync("00 01 02 fd fe ff");
    }

    [BrowserFact]
    public async Task Name_of_a_group_in_the_address_must_not_become_a_part_of_the_page()
    {
        await using var open = await browser.Open("/groups/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E");
        await Expect(open.Page.Locator(".headline")).ToContainTextAsync("No node runs a group '<img src=x onerror=alert(1)>'");
        (await open.Page.Locator("main img").CountAsync()).ShouldBe(0);
    }

    /// <summary>Pictures in light, dark and on a phone; nothing asked of other hosts, nothing complained of, usable by all.</summary>
    async Task Check(OpenPage open, string name)
    {
        var page = open.Page;
        await Accessibility.CheckFocusOrder(page, 12);
        await open.Screenshot(name);
        (await Accessibility.Check(page)).ShouldBeEmpty($"{name}, light");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await open.Screenshot($"{name}-dark");
        (await Accessibility.Check(page)).ShouldBeEmpty($"{name}, dark");
        await page.SetViewportSizeAsync(390, 844);
        await open.Screenshot($"{name}-phone");
        (await Accessibility.Check(page)).ShouldBeEmpty($"{name}, on a phone");
        open.Complaints.ShouldBeEmpty();
        open.Requests.ShouldNotBeEmpty();
        open.Requests.ShouldAllBe(url => url.StartsWith(browser.Node.Monitor, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^(0\.)?[1-9][0-9.,]*/s$")]
    private static partial Regex Rate();
}
