using System.Net;
using System.Net.Sockets;

namespace GokaAkka.Testing;

/// <summary>
/// The control port of an embedded broker: makes and lists topics for other processes, which Kafka's protocol cannot do there. Text lines of
/// UTF-8: <c>create-topic NAME PARTITIONS</c> is answered with <c>ok</c>; <c>list</c> with a line <c>topic NAME PARTITIONS</c> for each and
/// <c>ok</c>; what cannot be done with <c>error</c> and why, on one line. A connection may ask any number of times.
/// </summary>
internal sealed class BrokerControlServer : IDisposable
{
    const string Grammar = "'create-topic NAME PARTITIONS'";

    readonly EmbeddedBroker _broker;
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stopping = new();

    public BrokerControlServer(EmbeddedBroker broker)
    {
        _broker = broker;
        _listener.Start();
        Address = _listener.LocalEndpoint.ToString()!;
        _ = Accept();
    }

    public string Address { get; }

    public void Dispose()
    {
        _stopping.Cancel();
        _listener.Stop();
    }

    async Task Accept()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                _ = Serve(await _listener.AcceptTcpClientAsync(_stopping.Token).ConfigureAwait(false));
            }
            catch (SocketException) when (!_stopping.IsCancellationRequested)
            {
                // The client went away before it was taken in.
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    async Task Serve(TcpClient client)
    {
        using var connection = client;
        try
        {
            using var reader = new StreamReader(client.GetStream());
            await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\n" };
            while (await reader.ReadLineAsync(_stopping.Token).ConfigureAwait(false) is { } request)
            {
                await writer.WriteLineAsync(Answer(request).AsMemory(), _stopping.Token).ConfigureAwait(false);
                await writer.FlushAsync(_stopping.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client hung up, or the broker stops.
        }
    }

    string Answer(string request)
    {
        try
        {
            return request.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
            {
                ["create-topic", var name, var partitions] => Create(name, partitions),
                _ => $"error expected {Grammar}, found '{request}'",
            };
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or KafkaFaultException)
        {
            return "error " + e.Message.ReplaceLineEndings(" ");
        }
    }

    string Create(string name, string partitions)
    {
        if (!int.TryParse(partitions, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return $"error expected a number of partitions for topic '{name}', found '{partitions}'";
        _broker.CreateTopic(name, count);
        return "ok";
    }
}
