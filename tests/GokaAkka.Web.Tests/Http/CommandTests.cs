using System.Net.Http.Headers;
using GokaAkka.Commands;

namespace GokaAkka.Web.Tests.Http;

/// <summary>Commands over HTTP: what the application has added, who may give them, how they end.</summary>
[Collection(HttpTests.Name)]
public sealed class CommandTests(HttpFixture http)
{
    [Fact]
    public async Task Palette_of_the_application_must_be_listed_run_and_completed()
    {
        await using var node = await ShopNode.Start(new InMemoryKafka());
        node.Goka.Commands.Add(new CommandPalette("shop", "what is sold",
        [
            new("sell", "Sells something.", static async call =>
            {
                await call.Table("things", "thing", "count", "price", "to");
                await call.Row(call.Required("thing"), 2, 1.5, null);
                await call.Text("sold");
                await call.Note("the last one");
            })
            {
                Arguments =
                [
                    new("thing", "what to sell") { IsMandatory = true, Values = static (_, _) => Task.FromResult<IReadOnlyList<string>>(["book", "bread", "pen"]) },
                    new("to", "to whom") { Values = static (_, _) => throw new InvalidOperationException("nobody knows") },
                ],
            },
        ]));

        var listed = (await http.Get("/api/commands", node.Monitor)).Json;
        ((string)listed["node"]!, (string)listed["version"]!).ShouldBe((node.Goka.Inspector.Describe().Address, node.Goka.Inspector.Describe().Version));
        listed["palettes"]!.AsArray()[^1]!.ToJsonString().ShouldBe(
            """{"name":"shop","description":"what is sold","commands":[{"name":"sell","usage":"shop sell THING [TO]","description":"Sells something."}]}""");

        var sold = await http.Post("/api/commands", """{"words":["shop","sell","a book"]}""", node.Monitor);
        sold.Headers["Content-Type"].ShouldBe("application/x-ndjson");
        sold.Text.ShouldBe(
            """
            {"of":"things","columns":["thing","count","price","to"]}
            {"row":["a book",2,1.5,null]}
            {"text":"sold"}
            {"note":"the last one"}
            {"end":true}

            """);
        (await Run("""{"words":["shop","sel"]}""")).ShouldBe("""{"error":"Palette 'shop' has no command 'sel'. Did you mean sell? There are sell.","usage":true}""");
        (await Run("""{"words":["group","show","nobody"]}""")).ShouldBe("""{"error":"No node runs group 'nobody'; found no group on 1 nodes."}""");

        (await Complete("""{"words":["shop","sell","b"]}""")).ShouldBe("""{"completions":["book","bread"]}""");
        (await Complete("""{"words":["shop","sell","book",""]}""")).ShouldBe("""{"completions":[]}""");

        async Task<string> Run(string typed) => (await http.Post("/api/commands", typed, node.Monitor)).Text.Replace("\\u0027", "'").Trim();
        async Task<string> Complete(string typed) => (await http.Post("/api/commands/completions", typed, node.Monitor)).Text;
    }

    [Fact]
    public async Task Many_clients_must_be_answered_at_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => http.Post("/api/commands", """{"words":["group","list"]}""")));

        answers.ShouldAllBe(static a => a.Text.Count(c => c == '\n') == 4 && a.Text.EndsWith("{\"end\":true}\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{", "body: found what is no JSON of this operation")]
    [InlineData("[]", "body: found what is no JSON of this operation")]
    [InlineData("null", "body: found 'null', expected a JSON object.")]
    [InlineData("{}", "words: found nothing, expected a list of texts.")]
    [InlineData("""{"words":[null]}""", "words: found nothing, expected a list of texts.")]
    [InlineData("""{"words":[1]}""", "body.words[0]: found what is no JSON of this operation")]
    [InlineData("""{"run":["group","list"]}""", "body")]
    public async Task Nonsense_must_be_400_with_what_was_found_and_expected(string body, string told)
    {
        foreach (var path in new[] { "/api/commands", "/api/commands/completions" })
            (await http.Post(path, body)).ShouldSatisfyAllConditions(a => a.Status.ShouldBe(400), a => a.Error.ShouldStartWith(told));
    }

    [Theory]
    [InlineData("application/json", null, null, 200)]
    [InlineData("application/json", "Origin", "OWN", 200)]
    [InlineData("application/json", "Origin", "https://elsewhere.example", 403)]
    [InlineData("application/json", "Origin", "null", 403)]
    [InlineData("application/json", "Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("application/json", "Host", "monitor.example", 403)]
    [InlineData("application/x-www-form-urlencoded", null, null, 403)]
    [InlineData("multipart/form-data; boundary=x", null, null, 403)]
    [InlineData("text/plain", null, null, 403)]
    public async Task Command_without_a_token_must_come_from_a_program_of_this_machine_and_from_no_page_of_another_origin(string type, string? header, string? value, int status)
    {
        foreach (var path in new[] { "/api/commands", "/api/commands/completions" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, http.Node.Monitor + path);
            request.Content = new StringContent("""{"words":["help"]}""", Encoding.UTF8, MediaTypeHeaderValue.Parse(type));
            if (header is not null)
                request.Headers.TryAddWithoutValidation(header, value == "OWN" ? http.Node.Address : value);

            using var response = await http.Client.SendAsync(request).WaitAsync(ShopNode.Patience);

            ((int)response.StatusCode).ShouldBe(status, path);
        }
    }

    [Fact]
    public async Task Command_whose_client_goes_must_be_cancelled()
    {
        await using var node = await ShopNode.Start(new InMemoryKafka());
        var cancelled = Waiting(node.Goka);
        var (response, _) = await Begin(node.Monitor);
        cancelled.IsCompleted.ShouldBeFalse();

        response.Dispose();

        await cancelled.WaitAsync(ShopNode.Patience);
    }

    [Fact]
    public async Task Command_must_end_without_a_last_message_when_the_server_stops()
    {
        WebApplication? app = null;
        await using var node = await ShopNode.Start(new InMemoryKafka(), more: (started, _) => app = started);
        var cancelled = Waiting(node.Goka);
        var (response, answer) = await Begin(node.Monitor);

        var stopped = app!.StopAsync();

        // A server that waited for the command would break the connection off in the end.
        (await answer.ReadToEndAsync().WaitAsync(ShopNode.Patience)).ShouldBeEmpty();
        response.Dispose();
        await cancelled.WaitAsync(ShopNode.Patience);
        await stopped.WaitAsync(ShopNode.Patience);
    }

    /// <summary>Adds a command that ends when it is cancelled.</summary>
    static Task Waiting(Goka goka)
    {
        var cancelled = new TaskCompletionSource();
        goka.Commands.Add(new CommandPalette("wait", "waits",
        [
            new("on", "Waits.", async call =>
            {
                await call.Text("waiting");
                await Task.Delay(Timeout.Infinite, call.Cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancelled.SetResult();
                call.Cancellation.ThrowIfCancellationRequested();
            }),
        ]));
        return cancelled.Task;
    }

    /// <summary>Begins it and waits until it runs.</summary>
    async Task<(HttpResponseMessage Response, StreamReader Answer)> Begin(string monitor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, monitor + "/api/commands");
        request.Content = new StringContent("""{"words":["wait","on"]}""", Encoding.UTF8, "application/json");
        var response = await http.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(ShopNode.Patience);
        var answer = new StreamReader(await response.Content.ReadAsStreamAsync());
        (await answer.ReadLineAsync().WaitAsync(ShopNode.Patience)).ShouldBe("""{"text":"waiting"}""");
        return (response, answer);
    }
}
