using GokaAkka.Web.Monitoring;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GokaAkka.Web.Tests;

/// <summary>A monitor that shows what a test has nodes say.</summary>
sealed class SyntheticServer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly WebParts _parts;

    SyntheticServer(WebApplication app, WebParts parts)
    {
        _app = app;
        _parts = parts;
        Monitor = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/goka";
    }

    public string Monitor { get; }

    public ClusterMonitor Looks => _parts.Monitor;

    public static async Task<SyntheticServer> Start(Func<IReadOnlyList<NodeReport>> describe, TimeSpan interval)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static k => k.Listen(System.Net.IPAddress.Loopback, 0));
        var app = builder.Build();
        var settings = new WebSettings { Enabled = false, Host = "", Port = 0, Token = "", Interval = interval, IdleInterval = interval, History = TimeSpan.FromMinutes(15) };
        var parts = new WebParts(new Synthetic(describe), settings, null, TimeProvider.System);
        WebRoutes.Map(app.MapGroup("/goka"), () => parts);
        parts.Monitor.Start();
        await app.StartAsync();
        return new SyntheticServer(app, parts);
    }

    public async ValueTask DisposeAsync()
    {
        await _parts.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
