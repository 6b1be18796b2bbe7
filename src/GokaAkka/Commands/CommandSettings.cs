using System.Net;
using Akka.Configuration;
using GokaAkka.Actors;

namespace GokaAkka.Commands;

/// <summary>Settings under <c>goka.cmd</c>.</summary>
public sealed record CommandSettings
{
    /// <summary>Where the endpoint listens; null when it is off. Port 0 is any that is free.</summary>
    public required IPEndPoint? EndPoint { get; init; }

    /// <summary>What clients have to know; empty for nothing.</summary>
    public required string Token { get; init; }

    /// <summary>Clients at the same time.</summary>
    public required int MaxClients { get; init; }

    /// <exception cref="ConfigurationException">A value makes no sense, or others could get in without a token.</exception>
    internal static CommandSettings Read(SettingsSection cmd)
    {
        var (host, token) = (cmd.Text("host"), cmd.Text("token"));
        var port = cmd.NumberOrOff("port", IPEndPoint.MaxPort);
        if (host == "localhost")
            host = "127.0.0.1";
        if (!IPAddress.TryParse(host, out var address))
            throw new ConfigurationException($"{cmd.Name(cmd.Full("host"))} = '{host}': expected an IP address such as 127.0.0.1, or 0.0.0.0 for all of this machine's.");
        if (port is not null && token.Length == 0 && !IPAddress.IsLoopback(address))
        {
            throw new ConfigurationException(
                $"{cmd.Name(cmd.Full("host"))} = '{host}': commands can be given from other machines there, so that {cmd.Full("token")} has to be set; or "
                + "listen on 127.0.0.1.");
        }

        return new CommandSettings
        {
            EndPoint = port is { } number ? new IPEndPoint(address, number) : null, Token = token, MaxClients = cmd.Number("max-clients", 1),
        };
    }
}
