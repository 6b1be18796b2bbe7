using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GokaAkka.Samples.Messaging;

/// <summary>
/// What users talk to: POST /USER/send, GET /USER/feed, and for the staff POST /block/USER and POST /translate. It writes with emitters and
/// reads from a view; it runs no processor and could be anywhere.
/// </summary>
sealed class Service : IAsyncDisposable
{
    readonly Emitter<Message> _sent;
    readonly Emitter<BlockEvent> _blocks;
    readonly Emitter<string> _words;
    readonly View<Message[]> _feeds;
    readonly WebApplication _web;

    public Service(Goka goka, int port)
    {
        _sent = goka.Emitter(Topics.Sent);
        _blocks = goka.Emitter(Topics.BlockUser);
        _words = goka.Emitter(Topics.TranslateWord);
        _feeds = goka.View(Collector.Table);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        // Signals are the sample's: the web host's own handler would take the second one, too.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        _web = builder.Build();
        _web.MapPost("/{user}/send", async (string user, Message message) =>
        {
            await _sent.Emit(user, message with { From = user });
            return Results.Accepted();
        });
        _web.MapGet("/{user}/feed", (string user) => Results.Ok(_feeds.Get(user) ?? []));
        _web.MapPost("/block/{user}", async (string user, bool? unblock) =>
        {
            await _blocks.Emit(user, new BlockEvent(unblock ?? false));
            return Results.Accepted();
        });
        _web.MapPost("/translate/{word}/{by}", async (string word, string by) =>
        {
            await _words.Emit(word, by);
            return Results.Accepted();
        });
    }

    /// <summary>Where it listens, once started.</summary>
    public string Address => _web.Urls.First();

    public async Task Start(CancellationToken stop)
    {
        await _feeds.Ready.WaitAsync(stop);
        await _web.StartAsync(stop);
    }

    sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        await _feeds.DisposeAsync();
        await _sent.DisposeAsync();
        await _blocks.DisposeAsync();
        await _words.DisposeAsync();
    }
}
