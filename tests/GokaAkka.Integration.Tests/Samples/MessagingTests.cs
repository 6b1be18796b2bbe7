using System.Net.Http.Json;

namespace GokaAkka.Integration.Tests.Samples;

/// <summary>goka's messaging example, over its HTTP service: filter, blocker, collector, translator and detector work together.</summary>
[Collection(SamplesCollection.Name)]
public sealed class MessagingTests
{
    const int SamplePartitions = 8;
    const string ServiceAddress = @"service (http://127\.0\.0\.1:\d+)";

    [Fact]
    public async Task Messages_must_be_delivered_translated_and_kept_from_blocked_users_and_from_spammers()
    {
        using var messaging = ChildProcess.Start(Builds.Sample("Messaging"));
        var address = (await messaging.Printed(ServiceAddress)).Groups[1].Value;
        using var http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(20) };

        await Send(http, "alice", "bob", "hello");
        await Eventually.Holds(async () => (await Feed(http, "bob")).SequenceEqual(["alice: hello"]), () => Text(http, "bob"));

        await Post(http, "/translate/hello/hallo");
        await Eventually.Holds(
            async () =>
            {
                await Send(http, "alice", "carol", "hello you");
                return (await Feed(http, "carol")).Contains("alice: hallo you");
            },
            () => Text(http, "carol"));

        await Post(http, "/block/alice");
        await Eventually.Holds(() => IsKept(http, "alice", "dave"), () => Text(http, "dave"));

        for (var i = 0; i < 12; i++)
            await Send(http, "spammer", "erin", $"offer {i}");
        await Eventually.Holds(() => IsKept(http, "spammer", "frank"), () => Text(http, "frank"));

        messaging.Signal(ChildProcess.Terminate);
        (await messaging.ExitCode()).ShouldBe(0, messaging.ToString());
    }

    /// <summary>Whether a message of one user is not delivered while one that was sent after it by another is.</summary>
    static async Task<bool> IsKept(HttpClient http, string from, string to)
    {
        var mark = Guid.NewGuid().ToString("N");
        var witness = SamePartition(from);
        await Send(http, from, to, mark);
        await Send(http, witness, to, mark);
        // It has gone the same way behind the other one, so the other one's fate is known by then.
        await Eventually.Holds(async () => (await Feed(http, to)).Contains($"{witness}: {mark}"), () => Text(http, to));
        return !(await Feed(http, to)).Contains($"{from}: {mark}");
    }

    static string SamePartition(string user)
    {
        var partition = Partitioners.Fnv1a.Partition(Encoding.UTF8.GetBytes(user), SamplePartitions);
        return Enumerable.Range(0, 1000).Select(i => $"witness-{i}")
            .First(w => Partitioners.Fnv1a.Partition(Encoding.UTF8.GetBytes(w), SamplePartitions) == partition);
    }

    static async Task Send(HttpClient http, string from, string to, string content) =>
        (await http.PostAsJsonAsync($"/{from}/send", new { to, content })).EnsureSuccessStatusCode();

    static async Task Post(HttpClient http, string path) => (await http.PostAsync(path, null)).EnsureSuccessStatusCode();

    static async Task<IReadOnlyList<string>> Feed(HttpClient http, string user) =>
        [.. (await http.GetFromJsonAsync<Delivered[]>($"/{user}/feed"))!.Select(m => $"{m.From}: {m.Content}")];

    static string Text(HttpClient http, string user) => string.Join(", ", Feed(http, user).GetAwaiter().GetResult());

    sealed record Delivered(string From, string To, string Content);
}
