using System.Text.Json;
using GokaAkka.Commands;
using GokaAkka.Inspection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace GokaAkka.Web.Api.Commands;

/// <summary>The operations behind <c>goka cmd</c>: the node's palettes, those of the application among them.</summary>
sealed class CommandOperations(Func<WebParts> parts)
{
    const string Lines = "application/x-ndjson";

    public void Map(RouteGroupBuilder api)
    {
        api.MapGet("commands", ListCommands);
        // Programs give commands, and have no session with an anti-forgery token.
        var typed = api.MapGroup("").DisableAntiforgery().ProducesProblem(413).ProducesProblem(415);
        typed.MapPost("commands", RunCommand);
        typed.MapPost("commands/completions", CompleteCommand);
    }

    [EndpointSummary("The commands that the node can be given")]
    CommandsModel ListCommands()
    {
        var cluster = parts().Monitor.Cluster;
        return new CommandsModel(cluster.Self, NodeDescriber.Version, [.. cluster.Commands.Palettes.Select(PaletteModel.Of)]);
    }

    [EndpointSummary("Runs a command: what it says, one JSON object a line as it comes, the last with end or error. It is cancelled when nobody reads on")]
    [ProducesResponseType<CommandMessage>(StatusCodes.Status200OK, Lines)]
    async Task RunCommand(HttpContext context, Json<TypedModel> body)
    {
        var (all, words, response) = (parts(), WordsOf(body), context.Response);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, all.Stopping);
        response.ContentType = Lines;
        // For proxies that would gather it.
        response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            // The client waits for this no longer than for a node that is gone, and for the command as long as it takes.
            await response.Body.FlushAsync(ended.Token).ConfigureAwait(false);
            await all.Monitor.Cluster.Commands.Run(words, Write, ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The client is gone, or the node stops: an answer without a last message says so.
        }

        async Task Write(CommandMessage message)
        {
            await JsonSerializer.SerializeAsync(response.Body, message, ApiJson.Options, ended.Token).ConfigureAwait(false);
            await response.WriteAsync("\n", ended.Token).ConfigureAwait(false);
            await response.Body.FlushAsync(ended.Token).ConfigureAwait(false);
        }
    }

    [EndpointSummary("How a command that is being typed may go on")]
    async Task<CompletionsModel> CompleteCommand(Json<TypedModel> body, CancellationToken cancellation) =>
        new(await parts().Monitor.Cluster.Commands.Complete(WordsOf(body), cancellation).ConfigureAwait(false));

    static IReadOnlyList<string> WordsOf(Json<TypedModel> body) =>
        body.Value.Words is { } words && words.All(static w => w is not null) ? words : throw ApiException.Parameter("words", null, "a list of texts");
}
