using Akka.Actor;
using Akka.Configuration;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GokaAkka.Web.Tests;

/// <summary>A node that runs the shop, and a web application that shows it, on a free port of this machine.</summary>
sealed class ShopNode : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    const string Quick =
        """
        akka.loglevel = WARNING
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        goka {
          storage.provider = memory
          processor {
            poll-timeout = 10ms
            commit-interval = 20ms
            lag-interval = 100ms
            restart { min-backoff = 10ms, max-backoff = 50ms }
          }
          table.flush-interval = 20ms
          web { interval = 200ms, history = 5m }
        }
        """;

    readonly ActorSystem _system;
    readonly WebApplication _app;

    ShopNode(ActorSystem system, Goka goka, WebApplication app)
    {
        _system = system;
        Goka = goka;
        _app = app;
        Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public Goka Goka { get; }

    /// <summary>Where the application is, without a slash.</summary>
    public string Address { get; }

    /// <summary>What the application has mapped.</summary>
    public IReadOnlyList<Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    /// <summary>Where the monitor is.</summary>
    public string Monitor => Address + "/goka";

    public Processor<long> Counting { get; private set; } = null!;

    public Processor<byte[]> Profiles { get; private set; } = null!;

    public static async Task<ShopNode> Start(
        IKafkaClient? kafka, string hocon = "", GokaWebOptions? options = null, Action<WebApplicationBuilder>? services = null, Action<WebApplication, IEndpointConventionBuilder>? more = null)
    {
        var system = ActorSystem.Create("shop", ConfigurationFactory.ParseString(hocon).WithFallback(ConfigurationFactory.ParseString(Quick)));
        var goka = Goka.Get(system, new GokaOptions { Kafka = kafka });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static k => k.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddSingleton(goka);
        services?.Invoke(builder);
        var app = builder.Build();
        var mapped = app.MapGoka("/goka", options);
        more?.Invoke(app, mapped);
        await app.StartAsync();
        return new ShopNode(system, goka, app);
    }

    /// <summary>Starts the groups and their views, and waits until they run.</summary>
    public async Task Run()
    {
        Counting = Goka.Process(Shop.CountingGraph);
        // Which makes the table that the other one looks up.
        await Eventually.True(() => Task.FromResult(Counting.State), static s => s != ProcessorState.Starting, "the table's topic is there");
        Profiles = Goka.Process(Shop.ProfilesGraph);
        await Task.WhenAll(Counting.Ready, Profiles.Ready).WaitAsync(Patience);
        await Goka.View(Shop.CountingGraph.Table).Ready.WaitAsync(Patience);
    }

    public async Task Click(params IEnumerable<string> users)
    {
        await using var clicks = Goka.Emitter(Shop.Clicks, Codec.String);
        await Task.WhenAll(users.Select(user => clicks.Emit(user, "/home"))).WaitAsync(Patience);
    }

    public async Task Order(Records.Key key, byte[] value)
    {
        await using var orders = Goka.Emitter(Shop.Orders, Codec.Bytes);
        await orders.Emit(key, value).WaitAsync(Patience);
        await Eventually.True(() => Profiles.Get(key).AsTask().ContinueWith(static g => g.Result?.Length, TaskScheduler.Default), l => l == value.Length, $"the table has '{key}'");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance).WaitAsync(Patience);
    }
}
