using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GokaAkka.Web.Tests.Http;

/// <summary>Who is answered. Nothing runs: what is asked for is whether there is an answer.</summary>
[Collection(HttpTests.Name)]
public sealed class AccessTests(HttpFixture http)
{
    const string Token = "a-token-nobody-guesses";
    static readonly string[] Paths = ["/", "/groups/some", "/topology", "/query", "/actions", "/api/overview", "/api/openapi.json", "/api/tables", "/api/nothing", "/api/live?page=overview", "/api/commands"];

    [Fact]
    public async Task Without_the_token_every_page_and_operation_must_be_401_and_with_it_answered()
    {
        await using var node = await Guarded();

        foreach (var path in Paths)
        {
            var refused = await http.Get(path, node.Monitor);
            refused.Status.ShouldBe(401, path);
            (await http.Get(path, node.Monitor, ("Authorization", "Bearer another-token-altogether"))).Status.ShouldBe(401, path);
        }

        (await http.Get("/api/overview", node.Monitor)).Headers["WWW-Authenticate"].ShouldBe("Bearer");
        (await http.Get("/api/overview", node.Monitor, ("Authorization", $"Bearer {Token}"))).Status.ShouldBe(200);
        (await http.Post("/api/actions/none/start", "{}", node.Monitor)).Status.ShouldBe(401);
        // The token's holder is no browser that another page could use: no anti-forgery token is asked for.
        (await http.Post("/api/actions/none/start", "{}", node.Monitor, ("Authorization", $"Bearer {Token}"))).Status.ShouldBe(404);
        const string Help = """{"words":["help"]}""";
        foreach (var path in new[] { "/api/commands", "/api/commands/completions" })
        {
            (await http.Post(path, Help, node.Monitor)).Status.ShouldBe(401);
            (await http.Post(path, Help, node.Monitor, ("Authorization", "Bearer another-token-altogether"))).Status.ShouldBe(401);
            (await http.Post(path, Help, node.Monitor, ("Authorization", $"Bearer {Token}"))).Status.ShouldBe(200);
        }
    }

    [Fact]
    public async Task Login_must_begin_a_session_that_holds_no_token_and_ends_at_logout()
    {
        await using var node = await Guarded();

        (await http.Get("/query?table=a", node.Monitor)).Text.ShouldContain("""name="next" value="/goka/query?table=a" """.Trim());
        var wrong = await http.Post("/login", "token=wrong&next=/goka/", node.Monitor);
        (wrong.Status, wrong.Text.Contains("This is not the token.", StringComparison.Ordinal), wrong.Headers.ContainsKey("Set-Cookie")).ShouldBe((401, true, false));

        var right = await http.Post("/login", $"token={Token}&next=/goka/query?table=a", node.Monitor);
        (right.Status, right.Headers["Location"]).ShouldBe((303, "/goka/query?table=a"));
        var set = right.Headers["Set-Cookie"];
        set.ShouldContain("httponly");
        set.ShouldContain("samesite=strict");
        set.ShouldContain("path=/goka");
        set.ShouldNotContain(Token);
        var cookie = set[..set.IndexOf(';')];

        (await http.Get("/api/overview", node.Monitor, ("Cookie", cookie))).Status.ShouldBe(200);
        (await http.Get("/", node.Monitor, ("Cookie", cookie))).Text.ShouldContain("Log out");
        (await http.Get("/api/overview", node.Monitor, ("Cookie", cookie[..^3] + "AAA"))).Status.ShouldBe(401);
        (await http.Post("/logout", "", node.Monitor, ("Cookie", cookie))).Headers["Set-Cookie"].ShouldContain("expires=Thu, 01 Jan 1970");
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/goka/")]
    [InlineData("/goka//elsewhere.example")]
    public async Task Login_must_lead_to_pages_of_the_monitor_alone(string next)
    {
        await using var node = await Guarded();

        (await http.Post("/login", $"token={Token}&next={next}", node.Monitor)).Headers["Location"].ShouldBe("/goka/");
    }

    [Fact]
    public async Task Too_many_wrong_tokens_must_close_the_door_for_a_while()
    {
        await using var node = await Guarded();

        var statuses = new HashSet<int>();
        for (var i = 0; i < 40; i++)
            statuses.Add((await http.Get("/api/overview", node.Monitor, ("Authorization", $"Bearer wrong-{i}"))).Status);

        statuses.ShouldBe([401, 429], ignoreOrder: true);
    }

    [Theory]
    [InlineData("Host", "monitor.example")]
    [InlineData("X-Forwarded-For", "192.0.2.1")]
    public async Task Without_a_token_only_this_machine_must_be_answered_by_its_own_name_and_not_through_a_proxy(string header, string value)
    {
        (await http.Get("/api/overview")).Status.ShouldBe(200);

        var answer = await http.Get("/api/overview", null, (header, value));

        (answer.Status, answer.Error).ShouldBe((403,
            "This monitor answers its own machine alone, by the name localhost or a loopback address and not through a proxy. Set goka.web.token, or "
            + "require authorization where MapGoka is called, to open it to others."));
    }

    [Fact]
    public async Task Change_must_need_the_anti_forgery_token_with_its_cookie_from_a_page_of_its_own()
    {
        var session = await http.Get("/api/session");
        var (forgery, cookie) = ((string)session.Json["forgery"]!, session.Headers["Set-Cookie"].Split(';')[0]);
        const string path = "/api/actions/none/start";

        (await http.Post(path, "{}")).Error.ShouldBe("X-Goka-Forgery: found nothing, expected the forgery that api/session gives, with its cookie.");
        (await http.Post(path, "{}", null, ("Cookie", cookie))).Status.ShouldBe(403);
        (await http.Post(path, "{}", null, ("X-Goka-Forgery", forgery))).Status.ShouldBe(403);
        (await http.Post(path, "{}", null, ("X-Goka-Forgery", forgery), ("Cookie", "goka-forgery=another"))).Status.ShouldBe(403);
        (await http.Post(path, "{}", null, ("X-Goka-Forgery", forgery), ("Cookie", cookie), ("Origin", "https://elsewhere.example"))).Status.ShouldBe(403);
        (await http.Post(path, "{}", null, ("X-Goka-Forgery", forgery), ("Cookie", cookie), ("Sec-Fetch-Site", "cross-site"))).Status.ShouldBe(403);

        // Let through: there is no such action.
        (await http.Post(path, "{}", null, ("X-Goka-Forgery", forgery), ("Cookie", cookie), ("Origin", http.Node.Address))).Status.ShouldBe(404);
        (await http.Post(path, "{\"value\":1}", null, ("X-Goka-Forgery", forgery), ("Cookie", cookie))).Status.ShouldBe(400);
        (await http.Post(path, "{\"other\":1}", null, ("X-Goka-Forgery", forgery), ("Cookie", cookie))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Application_must_let_in_whom_its_own_policy_does()
    {
        await using var node = await ShopNode.Start(new InMemoryKafka(), services: static builder =>
        {
            builder.Services.AddAuthentication("header").AddScheme<AuthenticationSchemeOptions, HeaderScheme>("header", null);
            builder.Services.AddAuthorization(static o => o.AddPolicy("operators", static p => p.RequireUserName("olga")));
        }, more: static (_, mapped) => mapped.RequireAuthorization("operators"));

        (await http.Get("/api/overview", node.Monitor)).Status.ShouldBe(401);
        (await http.Get("/api/overview", node.Monitor, ("X-User", "otto"))).Status.ShouldBe(403);
        (await http.Get("/api/overview", node.Monitor, ("X-User", "olga"), ("Host", "monitor.example"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Token_that_can_be_guessed_must_be_an_error() =>
        (await Should.ThrowAsync<ArgumentException>(() => Guarded("short"))).Message
            .ShouldStartWith("The token has 5 characters: expected 16 or more that nobody guesses.");

    static Task<ShopNode> Guarded(string token = Token) => ShopNode.Start(new InMemoryKafka(), options: new GokaWebOptions { Token = token });

    sealed class HeaderScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            (string?)Request.Headers["X-User"] is { } user
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], "header")), "header"))
                : AuthenticateResult.NoResult());
    }
}
