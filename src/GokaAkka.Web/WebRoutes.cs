using GokaAkka.Web.Api;
using GokaAkka.Web.Pages;
using GokaAkka.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GokaAkka.Web;

/// <summary>Brings requests to what answers them, after a look at who asks.</summary>
sealed class WebRoutes
{
    readonly Func<WebParts> _parts;

    WebRoutes(Func<WebParts> parts) => _parts = parts;

    public static RouteGroupBuilder Map(RouteGroupBuilder group, Func<WebParts> parts)
    {
        var routes = new WebRoutes(parts);
        routes.MapPage(group, "/", "overview", "Overview", 0);
        routes.MapPage(group, "/groups/{group}", "group", null, 2);
        routes.MapPage(group, "/topology", "topology", "Topology", 1);
        routes.MapPage(group, "/query", "query", "Query", 1);
        routes.MapPage(group, "/actions", "actions", "Actions", 1);
        group.MapGet("/assets/{hash}/{*file}", Asset).AllowAnonymous();
        group.MapPost("/login", routes.Login);
        group.MapPost("/logout", Logout);
        foreach (var operation in WebParts.Operations)
            group.MapMethods($"/api/{operation.Path}", [operation.Method], context => routes.Call(operation, context));
        group.MapFallback("/api/{*path}", routes.NoOperation);
        return group;
    }

    void MapPage(RouteGroupBuilder group, string path, string page, string? title, int below) => group.MapGet(path, async (HttpContext context) =>
    {
        SafeHeaders.Set(context);
        var parts = _parts();
        var basePath = BasePath.Of(context, below);
        if (parts.Access.Refuse(context) is { } refused)
        {
            context.Response.StatusCode = refused.Status;
            var next = context.Request.PathBase + context.Request.Path + context.Request.QueryString;
            await (refused.Status == StatusCodes.Status401Unauthorized
                ? Html(context, PageShell.Login(basePath, next, null))
                : context.Response.WriteAsync(refused.Reason, context.RequestAborted)).ConfigureAwait(false);
            return;
        }

        await Html(context, PageShell.Page(basePath, page, title ?? context.GetRouteValue("group") as string ?? "", parts.Access.HasSession(context))).ConfigureAwait(false);
    });

    static Task Asset(HttpContext context)
    {
        SafeHeaders.Set(context);
        var (hash, file) = (context.GetRouteValue("hash") as string, context.GetRouteValue("file") as string ?? "");
        if (hash != AssetStore.Instance.Hash || AssetStore.Instance.Find(file) is not { } bytes)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.ContentType = AssetStore.ContentType(file);
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    async Task Login(HttpContext context)
    {
        SafeHeaders.Set(context);
        var (access, basePath) = (_parts().Access, BasePath.Of(context, 1));
        var form = context.Request.HasFormContentType && !Access.IsForeign(context) ? await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false) : FormCollection.Empty;
        // To a place of ours alone.
        var next = form["next"].ToString() is var wanted && wanted.StartsWith(basePath + "/", StringComparison.Ordinal) && !wanted.Contains("//", StringComparison.Ordinal) ? wanted : basePath + "/";
        if (access.Login(context, form["token"].ToString(), CookiePath(basePath)))
        {
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = next;
            return;
        }

        context.Response.StatusCode = access.IsClosed ? StatusCodes.Status429TooManyRequests : StatusCodes.Status401Unauthorized;
        await Html(context, PageShell.Login(basePath, next,
            access.IsClosed ? "There were too many wrong tokens: try again in a minute." : "This is not the token. It is the value of goka.web.token.")).ConfigureAwait(false);
    }

    static Task Logout(HttpContext context)
    {
        SafeHeaders.Set(context);
        var basePath = BasePath.Of(context, 1);
        if (!Access.IsForeign(context))
            Access.Logout(context, CookiePath(basePath));
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = basePath + "/";
        return Task.CompletedTask;
    }

    async Task Call(ApiOperation operation, HttpContext context)
    {
        SafeHeaders.Set(context);
        var parts = _parts();
        try
        {
            Check(parts.Access, operation.Changes, context);
            var call = new ApiCall(context, operation, parts.Monitor, parts.Access);
            call.CheckQuery();
            var answer = await operation.Run(call).ConfigureAwait(false);
            if (answer is IResult result)
                await result.ExecuteAsync(context).ConfigureAwait(false);
            else if (answer is not null)
                await context.Response.WriteAsJsonAsync(answer, answer.GetType(), ApiJson.Options, "application/json", context.RequestAborted).ConfigureAwait(false);
        }
        catch (ApiException e)
        {
            await Error(context, e.Status, e.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            parts.Monitor.Cluster.LogFault(e, $"The web monitor could not answer {operation.Id}.");
            await Error(context, StatusCodes.Status500InternalServerError, $"{operation.Summary}: it could not be done, and the log of the node says why.").ConfigureAwait(false);
        }
    }

    async Task NoOperation(HttpContext context)
    {
        SafeHeaders.Set(context);
        try
        {
            Check(_parts().Access, false, context);
            await Error(context, StatusCodes.Status404NotFound, $"The API has no {context.Request.Method} of this path: api/openapi.json tells what it has.").ConfigureAwait(false);
        }
        catch (ApiException e)
        {
            await Error(context, e.Status, e.Message).ConfigureAwait(false);
        }
    }

    static void Check(Access access, bool changes, HttpContext context)
    {
        if (access.Refuse(context) is { } refused)
        {
            if (refused.Status == StatusCodes.Status401Unauthorized)
                context.Response.Headers.WWWAuthenticate = "Bearer";
            throw new ApiException(refused.Status, refused.Reason);
        }

        if (changes && access.RefuseChange(context) is { } forged)
            throw new ApiException(StatusCodes.Status403Forbidden, forged);
    }

    static Task Error(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new ErrorModel(message), ApiJson.Options, "application/json", context.RequestAborted);
    }

    static Task Html(HttpContext context, string html)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(html, context.RequestAborted);
    }

    static string CookiePath(string basePath) => basePath.Length == 0 ? "/" : basePath;
}
