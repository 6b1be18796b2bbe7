using System.Net;
using Akka.Configuration;
using Akka.Event;
using GokaAkka.Actors.Configuration;
using GokaAkka.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GokaAkka.Web;

/// <summary>Serves the web monitor of a node that has no ASP.NET Core application: where its configuration says <c>goka.web.enabled = on</c>, by itself.</summary>
public sealed class WebServer : INodeService
{
    const string Metrics = "GokaAkka.Prometheus.NodeMetricsEndpoints, GokaAkka.Prometheus";

    // Open pages and commands are told to end at once.
    static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    async Task<IAsyncDisposable> INodeService.Start(Goka goka) => await Serve(goka).ConfigureAwait(false);

    /// <summary>Serves it as <c>goka.web</c> says, whether that is enabled there or not, until what is returned is disposed.</summary>
    /// <exception cref="ConfigurationException">It cannot listen where it should; the message names the setting.</exception>
    public async Task<RunningWebServer> Serve(Goka goka)
    {
        ArgumentNullException.ThrowIfNull(goka);
        var settings = goka.Settings.Web;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.Listen(IPAddress.TryParse(settings.Host, out var address) ? address : IPAddress.Loopback, settings.Port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(goka);
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = StopTimeout);
        // The node has the signals.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var app = builder.Build();
        app.MapGoka("", new GokaWebOptions { Goka = goka });
        app.MapGokaHealth();
        if (ConfiguredClass.Find(Metrics, out _) is { } metrics)
            ((INodeEndpoints)Activator.CreateInstance(metrics)!).Map(app);
        try
        {
            await app.StartAsync().ConfigureAwait(false);
        }
        catch (IOException e)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new ConfigurationException(
                $"{goka.Settings.Name("goka.web.port")} = '{settings.Port}': the web monitor cannot listen there on {settings.Host}: {e.Message} Choose another port, or 0 for any that is free.", e);
        }

        var running = new RunningWebServer(app);
        goka.WebAddress = new Uri(running.Address);
        goka.Log.Info("The web monitor is at {0}.", running.Address);
        return running;
    }

    sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>A monitor that is served; dispose it.</summary>
public sealed class RunningWebServer : IAsyncDisposable
{
    readonly WebApplication _app;

    internal RunningWebServer(WebApplication app)
    {
        _app = app;
        Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    /// <summary>Where it is, such as <c>http://127.0.0.1:9080</c>.</summary>
    public string Address { get; }

    /// <summary>Ends open pages and commands and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }
}
