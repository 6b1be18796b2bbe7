using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>GokaAkka's web monitor in an ASP.NET Core application.</summary>
public static class GokaWebEndpoints
{
    /// <summary>
    /// Serves the monitor under a path. It shows the <see cref="GokaAkka.Goka"/> among the application's services, and with it every node of the
    /// cluster.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="path">Where, such as <c>/goka</c>.</param>
    public static IEndpointConventionBuilder MapGoka(this IEndpointRouteBuilder endpoints, string path = "/goka")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup(path);
        group.MapGet("/", static (HttpContext context) =>
        {
            var goka = context.RequestServices.GetRequiredService<GokaAkka.Goka>();
            return Results.Text($"{goka.Processors.Count} processors");
        });
        return group;
    }
}
