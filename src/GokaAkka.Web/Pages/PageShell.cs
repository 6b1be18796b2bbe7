using System.Text.Encodings.Web;

namespace GokaAkka.Web.Pages;

/// <summary>The HTML around every page: what it says comes from its module.</summary>
static class PageShell
{
    static readonly (string Page, string Path, string Title)[] Navigation =
    [
        ("overview", "/", "Overview"), ("topology", "/topology", "Topology"), ("query", "/query", "Query"), ("actions", "/actions", "Actions"),
    ];

    /// <param name="basePath">Where the monitor is, without a slash at its end.</param>
    /// <param name="page">Which page; the name of its module.</param>
    /// <param name="title">Its title.</param>
    /// <param name="canLogOut">Whether there is a session to end.</param>
    public static string Page(string basePath, string page, string title, bool canLogOut)
    {
        var home = Html(basePath);
        var links = string.Concat(Navigation.Select(n =>
            $"""<li><a href="{home}{n.Path}"{(n.Page == page || (n.Page == "overview" && page == "group") ? """ aria-current="page" """ : "")}>{n.Title}</a></li>"""));
        var logout = canLogOut ? $"""<form method="post" action="{home}/logout"><button class="quiet">Log out</button></form>""" : "";
        return Document(basePath, title, page, $"""
            <a class="skip" href="#main">Skip to the content</a>
            <header class="bar">
              <a class="brand" href="{home}/"><img src="{Assets(basePath)}/icon.svg" alt="" width="24" height="24"> GokaAkka</a>
              <nav aria-label="Pages"><ul>{links}</ul></nav>
              <p id="live" class="live" role="status">Connecting</p>
              {logout}
            </header>
            <main id="main" tabindex="-1">
              <h1>{Html(title)}</h1>
              <noscript><p class="empty">This page needs JavaScript. The same figures are in the JSON API: <a href="{home}/api/overview">api/overview</a>.</p></noscript>
            </main>
            <footer><a href="{home}/api/openapi.json">API</a></footer>
            """);
    }

    /// <param name="basePath">Where the monitor is.</param>
    /// <param name="next">The path to go on to.</param>
    /// <param name="problem">What was wrong with the last attempt, or null.</param>
    public static string Login(string basePath, string next, string? problem) => Document(basePath, "Log in", null, $"""
        <main id="main" class="login">
          <h1>GokaAkka</h1>
          <form method="post" action="{Html(basePath)}/login">
            <label for="token">Token</label>
            <input id="token" name="token" type="password" autocomplete="current-password" required autofocus aria-describedby="about"{(problem is null ? "" : """ aria-invalid="true" """)}>
            <p id="about" class="{(problem is null ? "hint" : "wrong")}"{(problem is null ? "" : " role=\"alert\"")}>{Html(problem ?? "The value of goka.web.token.")}</p>
            <input type="hidden" name="next" value="{Html(next)}">
            <button class="main">Log in</button>
          </form>
        </main>
        """);

    static string Document(string basePath, string title, string? module, string body) => $"""
        <!doctype html>
        <html lang="en" data-base="{Html(basePath)}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{Html(title)} · GokaAkka</title>
        <link rel="icon" href="{Assets(basePath)}/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="{Assets(basePath)}/goka.css">
        {(module is null ? "" : $"""<script type="module" src="{Assets(basePath)}/{module}.js"></script>""")}
        </head>
        <body>
        {body}
        </body>
        </html>
        """;

    static string Assets(string basePath) => $"{Html(basePath)}/assets/{AssetStore.Hash}";

    static string Html(string text) => HtmlEncoder.Default.Encode(text);
}
