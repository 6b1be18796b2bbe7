using GokaAkka.Web.Pages;

namespace GokaAkka.Web.Tests.Http;

[Collection(HttpTests.Name)]
public sealed class ApiTests(HttpFixture http)
{
    [Fact]
    public async Task Overview_must_tell_what_runs_and_that_all_is_well()
    {
        var overview = await Eventually.True(
            async () => (await http.Get("/api/overview")).Json, static o => (string)o["health"]! == "good" && (int)o["totals"]!["running"]! == 8, "all is well");

        ((string)overview["headline"]!).ShouldBe("All is well");
        overview["groups"]!.AsObject().Select(static g => g.Key).ShouldBe([Shop.Counting, Shop.Profiles]);
        ((string)overview["groups"]![Shop.Counting]!["state"]!, (int)overview["groups"]![Shop.Counting]!["partitions"]!).ShouldBe(("Running", 4));
        overview["views"]!.AsObject().Count.ShouldBe(2);
        ((bool)overview["nodes"]!["shop"]!["isSelf"]!, (string)overview["nodes"]!["shop"]!["status"]!).ShouldBe((true, "Single"));
    }

    [Fact]
    public async Task Group_must_tell_what_was_taken_done_and_sent()
    {
        await http.Node.Click(Enumerable.Repeat("counted", 20));

        // Each figure is current, though not all are of the same moment: waited for is that all are there.
        var group = await Eventually.True(async () => (await http.Get($"/api/groups/{Shop.Counting}")).Json, static g => (
            (long)g["edges"]![$"input {Shop.Clicks}"]!["records"]!, (long)g["edges"]![$"persist {Shop.CountingTable}"]!["records"]!,
            (long)g["edges"]![$"output {Shop.Alerts}"]!["records"]!, Sum(g, static p => (long?)p["inputs"]![0]!["done"]), Sum(g, static p => (long)p["tableOffset"]!), (long)g["summary"]!["lag"]!)
            == (20, 20, 2, 20, 20, 0), "20 clicks are taken, done and sent");

        var partition = group["partitions"]!.AsObject().Select(static p => p.Value!).Single(static p => (long)p["processed"]! > 0);
        ((string)partition["owner"]!, (string)partition["state"]!).ShouldBe(("shop", "Running"));
        group["rebalances"]!.AsArray().ShouldNotBeEmpty();

        static long Sum(JsonNode group, Func<JsonNode, long?> figure) => group["partitions"]!.AsObject().Sum(p => figure(p.Value!) ?? 0);
    }

    [Fact]
    public async Task Topology_must_have_every_edge_between_places_it_has()
    {
        var topology = (await http.Get("/api/topology")).Json;

        topology["places"]!.AsObject().Select(static p => p.Key).ShouldBe(
        [
            $"stream:{Shop.Clicks}", $"group:{Shop.Counting}", $"stream:{Shop.Alerts}", $"table:{Shop.CountingTable}", $"stream:{Shop.Orders}", $"group:{Shop.Profiles}",
            "stream:profiles-loop", $"table:{Shop.ProfilesTable}", $"view:{Shop.CountingTable}",
        ], ignoreOrder: true);
        topology["flows"]!.AsObject().Select(static f => (string)f.Value!["kind"]!).Order().ShouldBe(["input", "input", "lookup", "loop", "loop", "output", "persist", "persist", "view"]);
        topology["flows"]!.AsObject().ShouldAllBe(f => topology["places"]![(string)f.Value!["from"]!] != null && topology["places"]![(string)f.Value!["to"]!] != null);
        (await http.Get($"/api/topology?group={Shop.Counting}")).Json["places"]!.AsObject().Count.ShouldBeLessThan(9);
    }

    [Fact]
    public async Task Value_must_be_read_from_its_owner_with_where_and_how_far()
    {
        var answer = (await http.Get($"/api/tables/{Shop.ProfilesTable}/value?key=alice")).Json;

        ((bool)answer["found"]!, (string)answer["value"]!["as"]!, (string)answer["value"]!["text"]!).ShouldBe((true, "json", "{\n  \"name\": \"Alice\"\n}".ReplaceLineEndings()));
        ((string)answer["stamp"]!["source"]!, (string)answer["stamp"]!["node"]!, (long)answer["stamp"]!["tableOffset"]! > 0).ShouldBe(("owner", "shop", true));
        ((bool)(await http.Get($"/api/tables/{Shop.ProfilesTable}/value?key=nobody")).Json["found"]!).ShouldBeFalse();
        ((string)(await http.Get($"/api/tables/{Shop.ProfilesTable}/value?key=ff00&keyAs=hex")).Json["value"]!["text"]!).ShouldBe("00 01 02");
    }

    [Fact]
    public async Task Range_must_be_read_page_by_page_without_a_key_twice_or_left_out()
    {
        var (seen, after) = (new List<string>(), "");
        do
        {
            var page = (await http.Get($"/api/tables/{Shop.ProfilesTable}/entries?prefix=user-&count=3{after}")).Json;
            seen.AddRange(page["entries"]!.AsArray().Select(static e => (string)e!["key"]!["text"]!));
            after = (string?)page["after"] is { } next ? $"&after={next}" : "";
        }
        while (after.Length > 0);

        seen.ShouldBe(Enumerable.Range(0, 7).Select(static i => $"user-{i}"));
        var range = (await http.Get($"/api/tables/{Shop.ProfilesTable}/entries?start=user-2&limit=user-4")).Json;
        range["entries"]!.AsArray().Select(static e => (string)e!["value"]!["text"]!).ShouldBe(["value 2", "value 3"]);
    }

    [Fact]
    public async Task Large_value_must_be_cut_and_be_there_as_a_file()
    {
        var answer = await http.Get($"/api/tables/{Shop.ProfilesTable}/value?key=big");
        ((int)answer.Json["value"]!["size"]!, (bool)answer.Json["value"]!["isCut"]!, answer.Text.Length < 70_000).ShouldBe((990_000, true, true));
        (await http.Get($"/api/tables/{Shop.ProfilesTable}/entries")).Text.Length.ShouldBeLessThan(30_000);

        var file = await http.Get($"/api/tables/{Shop.ProfilesTable}/bytes?key=big");
        (file.Text.Length, file.Headers["Content-Disposition"].StartsWith("attachment", StringComparison.Ordinal)).ShouldBe((990_000, true));
    }

    [Theory]
    [InlineData("/api/live?page=nowhere", 400, "page: found 'nowhere', expected one of overview, group, topology, actions.")]
    [InlineData("/api/live", 400, "page: found nothing, expected which data.")]
    [InlineData("/api/live?page=group", 400, "group: found nothing, expected the name of a group.")]
    [InlineData("/api/overview?what=1", 400, "query: found 'what', expected no parameter.")]
    [InlineData("/api/history?group=a&group=b", 400, "group: found 'a', 'b', expected one value.")]
    [InlineData("/api/tables/profiles-table/value", 400, "key: found nothing, expected a key.")]
    [InlineData("/api/tables/profiles-table/value?key=xyz&keyAs=hex", 400, "key: found 'xyz', expected hexadecimal digits, two a byte.")]
    [InlineData("/api/tables/profiles-table/entries?count=0", 400, "count: found '0', expected a whole number from 1 to 500.")]
    [InlineData("/api/tables/profiles-table/entries?count=many", 400, "count: found 'many', expected a whole number from 1 to 500.")]
    [InlineData("/api/tables/profiles-table/entries?after=zzz", 400, "after: found 'zzz', expected what the page before of the same query came with, or nothing to begin.")]
    [InlineData("/api/tables/profiles-table/entries?prefix=a&start=b", 400, "start: found 'b', expected either a prefix or a range, not both.")]
    [InlineData("/api/tables/profiles-table/entries?start=b&limit=a", 400, "limit: found 'a', expected a key behind the range's start.")]
    [InlineData("/api/groups/none", 404, "No node runs a group 'none': expected one of clicks-per-user, profiles.")]
    [InlineData("/api/nothing", 404, "The API has no GET of this path: api/openapi.json tells what it has.")]
    public async Task What_makes_no_sense_must_be_answered_with_what_was_found_and_expected(string path, int status, string error)
    {
        var answer = await http.Get(path);

        (answer.Status, answer.Error).ShouldBe((status, error));
    }

    [Fact]
    public async Task Unknown_table_must_be_a_404_that_names_those_there_are()
    {
        var answer = await http.Get("/api/tables/none/value?key=a");

        (answer.Status, answer.Error.Contains(Shop.ProfilesTable, StringComparison.Ordinal)).ShouldBe((404, true));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/groups/%3Cscript%3Ealert(1)%3C%2Fscript%3E")]
    [InlineData("/topology")]
    [InlineData("/query")]
    [InlineData("/actions")]
    public async Task Page_must_be_strict_about_what_it_loads_and_name_only_what_the_assembly_has(string path)
    {
        var page = await http.Get(path);

        page.Status.ShouldBe(200);
        page.Headers["Content-Security-Policy"].ShouldStartWith("default-src 'none'; script-src 'self'; style-src 'self';");
        page.Headers["Content-Security-Policy"].ShouldNotContain("unsafe");
        (page.Headers["X-Content-Type-Options"], page.Headers["X-Frame-Options"], page.Headers["Cache-Control"]).ShouldBe(("nosniff", "DENY", "no-store"));
        page.Text.ShouldNotContain("alert(1)</script>");
        page.Text.ShouldNotMatch("<script(?! type=\"module\" src=\"/goka/assets/)");
        page.Text.ShouldNotMatch("(src|href)=\"(?!/goka/|#)");
    }

    [Fact]
    public async Task Assets_must_be_kept_by_browsers_for_ever_under_the_name_of_their_contents()
    {
        foreach (var name in AssetStore.Names)
        {
            var asset = await http.Get($"/assets/{AssetStore.Hash}/{name}");
            (asset.Status, asset.Headers["Cache-Control"], asset.Headers["Content-Type"]).ShouldBe((200, "public, max-age=31536000, immutable", AssetStore.ContentType(name)), name);
            asset.Text.ShouldNotMatch("https?://(?!www\\.w3\\.org/2000/svg)", name);
        }

        (await http.Get("/assets/0000000000000000/goka.css")).Status.ShouldBe(404);
        (await http.Get($"/assets/{AssetStore.Hash}/none.js")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Live_must_send_all_of_it_once_and_then_what_changes()
    {
        using var stream = await http.Client.GetStreamAsync($"{http.Node.Monitor}/api/live?page=actions").WaitAsync(ShopNode.Patience);
        using var reader = new StreamReader(stream);

        (await Line("event: ")).ShouldBe("state");
        (await Line("data: ")).ShouldContain("\"actions\":{}");
        http.Node.Goka.Actions.Add("added-later", "", static (_, _) => Task.CompletedTask);
        string patch;
        do
        {
            (await Line("event: ")).ShouldBe("patch");
            patch = await Line("data: ");
        }
        while (!patch.Contains("added-later", StringComparison.Ordinal));

        async Task<string> Line(string prefix)
        {
            while (true)
            {
                var line = await reader.ReadLineAsync().WaitAsync(ShopNode.Patience);
                if (line!.StartsWith(prefix, StringComparison.Ordinal))
                    return line[prefix.Length..];
            }
        }
    }
}
