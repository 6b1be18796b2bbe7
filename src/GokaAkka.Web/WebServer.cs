using System.Net;
using Akka.Configuration;
using Akka.Event;
using GokaAkka.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GokaAkka.Web;

/// <summary>Serves the web monitor of a node whose configuration says <c>goka.web.enabled = on</c>.</summary>
public sealed class WebServer : INodeService
{
    // Open pages are told to end at once.
    static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> Start(Goka goka)
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
        app.MapGokaMetrics();
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
        goka.Log.Info("The web monitor is at {0}.", running.Address);
        return running;
    }

    sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>A monitor that a node serves.</summary>
sealed class RunningWebServer(WebApplication app) : IAsyncDisposable
{
    /// <summary>Where it is.</summary>
    public string Address { get; } = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync().ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
    }
}
