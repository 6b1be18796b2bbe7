using System.Net;
using System.Net.Sockets;

namespace GokaAkka.Kafka;

/// <summary>Talks to the control port of an embedded broker, one line a request: it makes topics where Kafka's protocol cannot.</summary>
static class BrokerControlClient
{
    /// <exception cref="KafkaFaultException">The broker refused or did not answer.</exception>
    public static async Task CreateTopic(string control, string topic, int partitions, CancellationToken cancellation = default)
    {
        var answer = await Ask(control, $"create-topic {topic} {partitions}", cancellation).ConfigureAwait(false);
        if (!answer.StartsWith("ok", StringComparison.Ordinal))
            throw Fault(control, $"topic '{topic}' could not be made: {answer}");
    }

    static async Task<string> Ask(string control, string request, CancellationToken cancellation)
    {
        if (!IPEndPoint.TryParse(control, out var address))
            throw Fault(control, "goka.kafka.embedded-control is not an address such as 127.0.0.1:9093");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address, cancellation).ConfigureAwait(false);
            await using var stream = client.GetStream();
            await using var writer = new StreamWriter(stream) { NewLine = "\n" };
            using var reader = new StreamReader(stream);
            await writer.WriteLineAsync(request.AsMemory(), cancellation).ConfigureAwait(false);
            await writer.FlushAsync(cancellation).ConfigureAwait(false);
            return await reader.ReadLineAsync(cancellation).ConfigureAwait(false) ?? "no answer";
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw Fault(control, e.Message);
        }
    }

    static KafkaFaultException Fault(string control, string reason) =>
        new($"Embedded broker's control port {control}", new KafkaFault("Control", reason, FaultKind.Permanent));
}
