using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GokaAkka.Kafka;

/// <summary>
/// Talks to the control port of an embedded broker (an address such as <c>127.0.0.1:9093</c>), which makes topics where Kafka's protocol
/// cannot. One connection per call.
/// </summary>
static class BrokerControlClient
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Makes a topic, or does nothing when it is there with as many partitions.</summary>
    /// <exception cref="KafkaFaultException">The broker refused or did not answer.</exception>
    public static Task CreateTopic(string control, string topic, int partitions, CancellationToken cancellation = default) =>
        Ask(control, string.Create(CultureInfo.InvariantCulture, $"create-topic {topic} {partitions}"), cancellation);

    /// <summary>The partition count of every topic there is.</summary>
    /// <exception cref="KafkaFaultException">The broker refused or did not answer.</exception>
    public static async Task<IReadOnlyDictionary<string, int>> ListTopics(string control, CancellationToken cancellation = default)
    {
        var topics = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in await Ask(control, "list", cancellation).ConfigureAwait(false))
        {
            if (line.Split(' ') is not ["topic", var name, var count]
                || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var partitions))
            {
                throw Fault(control, $"expected 'topic NAME PARTITIONS', found '{line}'");
            }

            topics[name] = partitions;
        }

        return topics;
    }

    /// <summary>The lines of the answer before its closing <c>ok</c>.</summary>
    static async Task<List<string>> Ask(string control, string request, CancellationToken cancellation)
    {
        if (!IPEndPoint.TryParse(control, out var address) || address.Port == 0)
            throw Fault(control, "goka.kafka.embedded-control is not an address and port such as 127.0.0.1:9093");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address, deadline.Token).ConfigureAwait(false);
            await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\n" };
            using var reader = new StreamReader(client.GetStream());
            await writer.WriteLineAsync(request.AsMemory(), deadline.Token).ConfigureAwait(false);
            await writer.FlushAsync(deadline.Token).ConfigureAwait(false);
            return await Answer(control, request, reader, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw Fault(control, $"'{request}' failed: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Fault(control, $"'{request}' was not answered within {Patience.TotalSeconds:0} s");
        }
    }

    static async Task<List<string>> Answer(string control, string request, StreamReader reader, CancellationToken cancellation)
    {
        const string Refusal = "error ";
        var lines = new List<string>();
        while (await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
        {
            if (line == "ok")
                return lines;
            if (line.StartsWith(Refusal, StringComparison.Ordinal))
                throw Fault(control, $"'{request}' was refused: {line[Refusal.Length..]}");
            lines.Add(line);
        }

        throw Fault(control, $"'{request}' was not answered: the broker hung up");
    }

    static KafkaFaultException Fault(string control, string reason) =>
        new($"Embedded broker's control port {control}", new KafkaFault("Control", reason, FaultKind.Permanent));
}
