using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GokaAkka.Web.Live;

/// <summary>Server-sent events.</summary>
static class EventStream
{
    // A connection that is gone shows at the next write.
    static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Sends what a watch brings until it is over or its reader has gone.</summary>
    public static async Task Send(LiveWatch watch, HttpContext context)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        // For proxies that would gather it.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        var body = context.Response.Body;
        try
        {
            await body.WriteAsync("retry: 2000\n\n"u8.ToArray(), context.RequestAborted).ConfigureAwait(false);
            while (await More(watch, context).ConfigureAwait(false))
            {
                while (watch.Events.TryRead(out var what))
                    await body.WriteAsync(Encoding.UTF8.GetBytes($"event: {what.Kind}\ndata: {what.Data}\n\n"), context.RequestAborted).ConfigureAwait(false);
                await body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The page was closed.
        }
    }

    static async Task<bool> More(LiveWatch watch, HttpContext context)
    {
        var waiting = watch.Events.WaitToReadAsync(context.RequestAborted).AsTask();
        while (true)
        {
            try
            {
                return await waiting.WaitAsync(Heartbeat, context.RequestAborted).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                await context.Response.Body.WriteAsync(": here\n\n"u8.ToArray(), context.RequestAborted).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            }
        }
    }
}
