using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using GokaAkka.Commands;

namespace GokaAkka.Cli.Remote;

/// <summary>Gives commands to a node through its HTTP API. A connection that is lost in the middle of an answer is an <see cref="IOException"/>.</summary>
sealed class CmdClient : IDisposable
{
    // For the node to say that it is at work; the command itself takes as long as it takes.
    static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    readonly HttpClient _http;

    /// <param name="address">Where the monitor is, with a slash at its end.</param>
    /// <param name="token">What the node expects of its clients; null for nothing.</param>
    /// <param name="network">The way there, in place of the straight one.</param>
    public CmdClient(Uri address, string? token, SocketsHttpHandler? network = null)
    {
        _http = new HttpClient(network ?? new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        if (token is { Length: > 0 })
            _http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
    }

    /// <summary>The node's address, and its version of GokaAkka.</summary>
    /// <exception cref="CmdConnectionException">There is no such node, or it does not let this client in.</exception>
    public async Task<(string? Node, string? Version)> Describe()
    {
        var node = await Ask(new HttpRequestMessage(HttpMethod.Get, "api/commands")).ConfigureAwait(false);
        return ((string?)node?["node"], (string?)node?["version"]);
    }

    /// <summary>Runs a command; the last message has <see cref="CommandMessage.End"/> or <see cref="CommandMessage.Error"/>.</summary>
    /// <exception cref="CmdConnectionException">There is no such node, it does not let this client in, or it has stopped.</exception>
    /// <exception cref="OperationCanceledException">It was given up; the node ends it, too.</exception>
    public async IAsyncEnumerable<CommandMessage> Run(IReadOnlyList<string> words, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        using var response = await Send(Typed("api/commands", words), HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        using var lines = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        CommandMessage? last = null;
        await foreach (var message in JsonSerializer.DeserializeAsyncEnumerable<CommandMessage>(lines, topLevelValues: true, JsonSerializerOptions.Web, cancel).ConfigureAwait(false))
            yield return last = message!;
        if (last is not ({ End: true } or { Error: not null }))
            throw new CmdConnectionException("The node has closed the connection.");
    }

    /// <summary>The words that may stand where the last one is; none when the node does not say in time.</summary>
    public async Task<IReadOnlyList<string>> Complete(IReadOnlyList<string> words)
    {
        try
        {
            return (await Ask(Typed("api/commands/completions", words)).ConfigureAwait(false))?["completions"].Deserialize<string[]>() ?? [];
        }
        catch (CmdConnectionException)
        {
            // The command will tell, when it is given.
            return [];
        }
    }

    public void Dispose() => _http.Dispose();

    static HttpRequestMessage Typed(string path, IReadOnlyList<string> words) => new(HttpMethod.Post, path) { Content = JsonContent.Create(new { words }) };

    async Task<JsonNode?> Ask(HttpRequestMessage request)
    {
        using var response = await Send(request, HttpCompletionOption.ResponseContentRead, CancellationToken.None).ConfigureAwait(false);
        return await response.Content.ReadFromJsonAsync<JsonNode>().ConfigureAwait(false);
    }

    async Task<HttpResponseMessage> Send(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancel)
    {
        var where = _http.BaseAddress!.Authority;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(AnswerTimeout);
        try
        {
            var response = await _http.SendAsync(request, completion, late.Token).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
                throw new CmdConnectionException($"{where} {await Refusal(response, late.Token).ConfigureAwait(false)}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new CmdConnectionException($"Cannot connect to {where}: no answer within {AnswerTimeout.TotalSeconds:0} s.");
        }
        catch (HttpRequestException e)
        {
            throw new CmdConnectionException($"Cannot connect to {where}: {e.Message}. Does a node run there with goka.web.enabled = on?");
        }
    }

    static async Task<string> Refusal(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return $"is no node's monitor: it answers {(int)response.StatusCode}. One that is under a path needs its whole URL, such as http://host:8080/goka.";
        var problem = await response.Content.ReadFromJsonAsync<JsonNode>(cancellation).ConfigureAwait(false);
        return $"refuses: {(string?)problem?["detail"]}{(response.StatusCode == HttpStatusCode.Unauthorized ? " Give it by --token or GOKA_CMD_TOKEN." : "")}";
    }
}

/// <summary>There is no connection to a node, or none any more.</summary>
sealed class CmdConnectionException(string message) : Exception(message);
