using GokaAkka;
using GokaAkka.Actors;
using GokaAkka.Web;
using GokaAkka.Web.Monitoring;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>GokaAkka's web monitor in an ASP.NET Core application.</summary>
public static class GokaWebEndpoints
{
    /// <summary>
    /// Serves the monitor under a path: pages, and the JSON API behind them. It shows the <see cref="Goka"/> among the application's services, and with it
    /// every node of the cluster. Whoever is not let in by the application's authorization policy
    /// (<c>app.MapGoka().RequireAuthorization("operators")</c>) needs <see cref="GokaWebOptions.Token"/>; where there is neither, only this machine is
    /// answered. It begins to watch when the application has started, and ends open pages when it stops.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="path">Where, such as <c>/goka</c>.</param>
    /// <param name="options">What can only be said in code.</param>
    /// <exception cref="ArgumentException">The token is too short.</exception>
    public static IEndpointConventionBuilder MapGoka(this IEndpointRouteBuilder endpoints, string path = "/goka", GokaWebOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (options?.Token is { Length: < WebSettings.ShortestToken } token)
            throw new ArgumentException($"The token has {token.Length} characters: expected {WebSettings.ShortestToken} or more that nobody guesses.", nameof(options));
        var services = endpoints.ServiceProvider;
        var parts = new Lazy<WebParts>(() =>
        {
            var goka = options?.Goka ?? services.GetService<Goka>() ?? throw new InvalidOperationException(
                "MapGoka found no GokaAkka to show: add it to the services (services.AddGoka of GokaAkka.Hosting), or give it as GokaWebOptions.Goka.");
            return new WebParts(new GokaCluster(goka), goka.Settings.Web, options?.Token ?? goka.Settings.Web.Token, services.GetService<TimeProvider>() ?? TimeProvider.System);
        });
        if (services.GetService<IHostApplicationLifetime>() is { } lifetime)
        {
            lifetime.ApplicationStarted.Register(() => parts.Value.Monitor.Start());
            // Open pages would hold up the server's end.
            lifetime.ApplicationStopping.Register(() => _ = parts.IsValueCreated ? parts.Value.DisposeAsync().AsTask() : Task.CompletedTask);
        }

        return WebRoutes.Map(endpoints.MapGroup(path), () => parts.Value);
    }
}
