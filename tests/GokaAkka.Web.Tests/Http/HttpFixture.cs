using System.Net.Http.Headers;

namespace GokaAkka.Web.Tests.Http;

/// <summary>One shop on a Kafka in memory for all tests of the API that leave it as it is.</summary>
public sealed class HttpFixture : IAsyncLifetime
{
    internal InMemoryKafka Kafka { get; } = new();

    internal ShopNode Node { get; private set; } = null!;

    internal HttpClient Client { get; } = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });

    public async Task InitializeAsync()
    {
        foreach (var topic in Shop.Topics)
            Kafka.CreateTopic(topic, 4);
        Node = await ShopNode.Start(Kafka);
        await Node.Run();
        await Node.Order("alice", """{"name":"Alice"}"""u8.ToArray());
        for (var i = 0; i < 7; i++)
            await Node.Order($"user-{i}", Encoding.UTF8.GetBytes($"value {i}"));
        await Node.Order(new Records.Key(new byte[] { 0xff, 0x00 }), [0, 1, 2]);
        await Node.Order("<script>alert(1)</script>", "<script>alert(2)</script>"u8.ToArray());
        await Node.Order("big", Encoding.UTF8.GetBytes(new string('x', 990_000)));
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Node.DisposeAsync();
    }

    internal Task<Answer> Get(string path, string? monitor = null, params (string Name, string Value)[] headers) => Send(HttpMethod.Get, path, null, monitor, headers);

    internal Task<Answer> Post(string path, string body, string? monitor = null, params (string Name, string Value)[] headers) => Send(HttpMethod.Post, path, body, monitor, headers);

    async Task<Answer> Send(HttpMethod method, string path, string? body, string? monitor, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, (monitor ?? Node.Monitor) + path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse(path == "/login" ? "application/x-www-form-urlencoded" : "application/json"));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Client.SendAsync(request).WaitAsync(ShopNode.Patience);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Concat(response.Content.Headers)
            .ToDictionary(static h => h.Key, static h => string.Join("; ", h.Value), StringComparer.OrdinalIgnoreCase));
    }
}

/// <summary>The tests over HTTP share a shop.</summary>
[CollectionDefinition(Name)]
public sealed class HttpTests : ICollectionFixture<HttpFixture>
{
    public const string Name = "http";
}

/// <summary>What a server has answered.</summary>
sealed record Answer(int Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string Error => (string)Json["error"]!;
}
