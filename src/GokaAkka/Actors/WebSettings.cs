using System.Net;
using Akka.Configuration;

namespace GokaAkka.Actors;

/// <summary>Settings under <c>goka.web</c>: the web monitor, which is in the package GokaAkka.Web.</summary>
public sealed record WebSettings
{
    /// <summary>The fewest characters of a token that cannot be guessed.</summary>
    public const int ShortestToken = 16;

    /// <summary>Whether the node serves it by itself.</summary>
    public required bool Enabled { get; init; }

    /// <summary>The address it listens on.</summary>
    public required string Host { get; init; }

    /// <summary>The port; 0 for any that is free.</summary>
    public required int Port { get; init; }

    /// <summary>The token that is asked for; empty for none.</summary>
    public required string Token { get; init; }

    /// <summary>How often the nodes are looked at while somebody watches.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>How often while nobody does.</summary>
    public required TimeSpan IdleInterval { get; init; }

    /// <summary>For how long what was seen is kept.</summary>
    public required TimeSpan History { get; init; }

    internal static WebSettings Read(SettingsSection web, Func<string, string> name)
    {
        var settings = new WebSettings
        {
            Enabled = web.Flag("enabled"),
            Host = web.Text("host"),
            Port = web.Number("port", 0),
            Token = web.Text("token"),
            Interval = web.Duration("interval"),
            IdleInterval = web.Duration("idle-interval"),
            History = web.Duration("history"),
        };
        if (settings.Port > ushort.MaxValue)
            throw new ConfigurationException($"{name("goka.web.port")} = '{settings.Port}': expected a whole number from 0 to {ushort.MaxValue}.");
        if (settings.Token.Length is > 0 and < ShortestToken)
        {
            throw new ConfigurationException(
                $"{name("goka.web.token")} has {settings.Token.Length} characters: expected {ShortestToken} or more that nobody guesses, or none for a monitor that answers its "
                + "own machine alone.");
        }

        if (settings.Enabled && !IsLoopback(settings.Host, name) && settings.Token.Length == 0)
        {
            throw new ConfigurationException(
                $"{name("goka.web.host")} = '{settings.Host}' would open the web monitor to other machines, and goka.web.token is empty: expected a token of "
                + $"{ShortestToken} or more characters, or a loopback address such as 127.0.0.1.");
        }

        return settings;
    }

    static bool IsLoopback(string host, Func<string, string> name)
    {
        if (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase))
            return true;
        return IPAddress.TryParse(host, out var address)
            ? IPAddress.IsLoopback(address)
            : throw new ConfigurationException($"{name("goka.web.host")} = '{host}': expected localhost or an IP address, such as 127.0.0.1, or 0.0.0.0 for every one of this machine.");
    }
}
