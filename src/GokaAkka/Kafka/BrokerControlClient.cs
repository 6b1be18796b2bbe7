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

    static async Task Ask(string control, string request, CancellationToken cancellation)
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
            var answer = await reader.ReadLineAsync(deadline.Token).ConfigureAwait(false);
            if (answer != "ok")
                throw Fault(control, answer is null ? $"'{request}' was not answered: the broker hung up" : $"'{request}' was refused: {answer[(answer.IndexOf(' ') + 1)..]}");
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

    static KafkaFaultException Fault(string control, string reason) =>
        new($"Embedded broker's control port {control}", new KafkaFault("Control", reason, FaultKind.Permanent));
}
