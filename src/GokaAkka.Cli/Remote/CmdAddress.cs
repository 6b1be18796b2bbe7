using System.Net;

namespace GokaAkka.Cli.Remote;

/// <summary>Where a node takes commands.</summary>
sealed record CmdAddress(string Host, int Port)
{
    const int DefaultPort = 9110;

    /// <summary>Reads <c>HOST:PORT</c>, or <c>HOST</c> for port 9110; null when it is neither.</summary>
    public static CmdAddress? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        // [::1]:9110, and ::1 without a port.
        var hasPort = colon > 0 && (text.IndexOf(':') == colon || text[colon - 1] == ']');
        var host = (hasPort ? text[..colon] : text).Trim('[', ']');
        if (host.Length == 0 || host.Any(char.IsWhiteSpace) || (host.Contains(':') && !IPAddress.TryParse(host, out _)))
            return null;
        if (!hasPort)
            return new CmdAddress(host, DefaultPort);
        return int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort
            ? new CmdAddress(host, port)
            : null;
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
