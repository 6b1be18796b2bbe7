using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace GokaAkka.Web.Tests.Browser;

/// <summary>What the pages do: asked for by the keyboard, confirmed, done, and seen by whoever else watches.</summary>
[Collection(BrowserTests.Name)]
public sealed class ChangesTests(BrowserFixture browser)
{
    [BrowserFact]
    public async Task Action_must_be_confirmed_run_with_its_value_and_be_stopped()
    {
        await using var open = await browser.Open("/actions");
        var action = open.Page.Locator(".actions li", new() { HasText = "rebuild-index" });
        await Expect(action.Locator(".badge")).ToHaveTextAsync("idle");
        (await Accessibility.Check(open.Page)).ShouldBeEmpty();
        await action.GetByLabel("Value").FillAsync("since monday");
        await open.Page.Keyboard.PressAsync("Enter");
        var dialog = open.Page.GetByRole(AriaRole.Dialog, new() { Name = "Start rebuild-index?" });
        await Expect(dialog).ToContainTextAsync("It is given the value “since monday”.");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeFocusedAsync();
        await open.Screenshot("actions-confirm");
        await open.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        browser.Rebuilt.Task.IsCompleted.ShouldBeFalse("Escape is no yes");

        await action.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(action.Locator(".badge")).ToHaveTextAsync("running");
        (await browser.Rebuilt.Task.WaitAsync(ShopNode.Patience)).ShouldBe("since monday");

        await action.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await open.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(action.Locator(".badge")).ToHaveTextAsync("stopped");
        open.Complaints.ShouldBeEmpty();
    }

    [BrowserFact]
    public async Task Action_that_fails_must_show_its_error()
    {
        await using var open = await browser.Open("/actions");
        var action = open.Page.Locator(".actions li", new() { HasText = "send-report" });
        await action.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await open.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(action.Locator(".badge")).ToHaveTextAsync("failed");
        await Expect(action).ToContainTextAsync("InvalidOperationException: the mail server does not answer");
        await open.Screenshot("actions");
        (await Accessibility.Check(open.Page)).ShouldBeEmpty();
    }

    [BrowserFact]
    public async Task Restart_of_a_partition_must_be_seen_by_whoever_watches()
    {
        await using var watching = await browser.Open($"/groups/{Shop.Counting}");
        await using var acting = await browser.Open($"/groups/{Shop.Counting}");
        const string generation = "section[aria-labelledby=partitions] tbody tr:nth-child(3) [data-title=Generation]";
        await Expect(watching.Page.Locator(generation)).Not.ToBeEmptyAsync();
        var before = await watching.Page.Locator(generation).TextContentAsync();

        await acting.Page.GetByRole(AriaRole.Button, new() { Name = "Restart partition 2" }).ClickAsync();
        await acting.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Restart" }).ClickAsync();

        await Expect(acting.Page.Locator(".notice")).ToHaveTextAsync("Partition 2 starts again.");
        await Expect(watching.Page.Locator(generation)).Not.ToHaveTextAsync(before!);
        await Expect(watching.Page.Locator("section[aria-labelledby=partitions] tbody tr:nth-child(3) .badge")).ToHaveTextAsync("running");
        (watching.Complaints.Concat(acting.Complaints)).ShouldBeEmpty();
    }

    [BrowserFact]
    public async Task Group_must_be_paused_and_resumed_and_say_so_everywhere()
    {
        await using var open = await browser.Open($"/groups/{Shop.Profiles}");
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true }).ClickAsync();
        await open.Page.GetByRole(AriaRole.Dialog, new() { Name = "Pause profiles?" }).GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true }).ClickAsync();
        await Expect(open.Page.Locator(".notice")).ToHaveTextAsync("profiles is paused.");
        await Expect(open.Page.Locator(".problems")).ToContainTextAsync("Somebody has paused orders, profiles-loop on shop.");
        await using (var overview = await browser.Open("/"))
        {
            await Expect(overview.Page.Locator("section[aria-labelledby=groups] tr", new() { HasText = Shop.Profiles }).Locator(".badge")).ToHaveTextAsync("paused");
        }

        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Resume", Exact = true }).ClickAsync();
        await open.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Resume", Exact = true }).ClickAsync();
        await Expect(open.Page.Locator(".problems")).ToBeHiddenAsync();
        browser.Node.Profiles.State.ShouldBe(ProcessorState.Running);
        open.Complaints.ShouldBeEmpty();
    }
}
