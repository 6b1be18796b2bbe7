using GokaAkka.Web.Api;
using GokaAkka.Web.Pages;
using GokaAkka.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GokaAkka.Web;

/// <summary>Brings requests to what answers them, after a look at who asks.</summary>
sealed class WebRoutes(Func<WebParts> parts)
{
    public static RouteGroupBuilder Map(RouteGroupBuilder group, Func<WebParts> parts)
    {
        ((IEndpointConventionBuilder)group).Add(static endpoint =>
        {
            var next = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                SafeHeaders.Set(context);
                return next(context);
            };
        });
        var routes = new WebRoutes(parts);
        routes.MapPage(group, "/", "overview", "Overview", 0);
        routes.MapPage(group, "/groups/{group}", "group", null, 2);
        routes.MapPage(group, "/topology", "topology", "Topology", 1);
        routes.MapPage(group, "/query", "query", "Query", 1);
        routes.MapPage(group, "/actions", "actions", "Actions", 1);
        group.MapGet("/assets/{hash}/{*file}", Asset).AllowAnonymous().ExcludeFromDescription();
        group.MapPost("/login", (Delegate)routes.Login).ExcludeFromDescription();
        group.MapPost("/logout", Logout).ExcludeFromDescription();
        ApiEndpoints.Map(group, parts);
        return group;
    }

    void MapPage(RouteGroupBuilder group, string path, string page, string? title, int below) => group.MapGet(path, IResult (HttpContext context) =>
    {
        var (access, basePath) = (parts().Access, BasePath.Of(context, below));
        if (access.Refuse(context) is not { } refused)
            return Html(PageShell.Page(basePath, page, title ?? context.GetRouteValue("group") as string ?? "", access.HasSession(context)));
        return refused.Status == StatusCodes.Status401Unauthorized
            ? Html(PageShell.Login(basePath, context.Request.PathBase + context.Request.Path + context.Request.QueryString, null), refused.Status)
            : Results.Text(refused.Reason, statusCode: refused.Status);
    }).ExcludeFromDescription();

    static IResult Asset(HttpContext context, string hash, string file)
    {
        if (hash != AssetStore.Hash || AssetStore.Open(file) is not { } asset)
            return Results.NotFound();
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Stream(asset, AssetStore.ContentType(file));
    }

    async Task<IResult> Login(HttpContext context)
    {
        var (access, basePath) = (parts().Access, BasePath.Of(context, 1));
        var form = context.Request.HasFormContentType && !Access.IsForeign(context) ? await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false) : FormCollection.Empty;
        // To a place of ours alone.
        var next = form["next"].ToString() is var wanted && wanted.StartsWith(basePath + "/", StringComparison.Ordinal) && !wanted.Contains("//", StringComparison.Ordinal) ? wanted : basePath + "/";
        if (access.Login(context, form["token"].ToString(), CookiePath(basePath)))
            return SeeOther(context, next);
        return access.IsClosed
            ? Html(PageShell.Login(basePath, next, "There were too many wrong tokens: try again in a minute."), StatusCodes.Status429TooManyRequests)
            : Html(PageShell.Login(basePath, next, "This is not the token. It is the value of goka.web.token."), StatusCodes.Status401Unauthorized);
    }

    static IResult Logout(HttpContext context)
    {
        var basePath = BasePath.Of(context, 1);
        if (!Access.IsForeign(context))
            Access.Logout(context, CookiePath(basePath));
        return SeeOther(context, basePath + "/");
    }

    static IResult SeeOther(HttpContext context, string location)
    {
        context.Response.Headers.Location = location;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    static IResult Html(string html, int status = StatusCodes.Status200OK) => Results.Content(html, "text/html; charset=utf-8", statusCode: status);

    static string CookiePath(string basePath) => basePath.Length == 0 ? "/" : basePath;
}
