using Microsoft.AspNetCore.Http;

namespace GokaAkka.Web.Pages;

/// <summary>Where the monitor is mounted, as browsers see it.</summary>
static class BasePath
{
    /// <param name="context">A request.</param>
    /// <param name="below">How many segments its path has below the monitor's.</param>
    public static string Of(HttpContext context, int below)
    {
        var path = (context.Request.PathBase + context.Request.Path).ToUriComponent().TrimEnd('/');
        for (; below > 0; below--)
            path = path[..path.LastIndexOf('/')];
        return path;
    }
}
