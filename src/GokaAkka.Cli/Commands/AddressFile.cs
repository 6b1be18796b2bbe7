using GokaAkka.Testing;

namespace GokaAkka.Cli.Commands;

/// <summary>
/// Tells other processes where a broker is. The file appears whole, so that whoever waits for it can read it at once, and goes with the broker.
/// </summary>
sealed class AddressFile : IDisposable
{
    readonly string _path;

    /// <exception cref="IOException">The folder is not there, or the file cannot be written.</exception>
    public AddressFile(string path, EmbeddedBroker broker)
    {
        _path = path;
        var draft = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllText(draft, Lines(broker));
        File.Move(draft, path, overwrite: true);
    }

    public static string Lines(EmbeddedBroker broker) => $"bootstrap={broker.BootstrapServers}\ncontrol={broker.ControlAddress}\n";

    public void Dispose() => File.Delete(_path);
}
