using System.Net;
using System.Net.Sockets;

namespace GokaAkka.Cli.Remote;

/// <summary>Where a node takes commands.</summary>
static class CmdAddress
{
    /// <summary>The default of <c>goka.web.port</c>.</summary>
    const int DefaultPort = 9080;

    /// <summary>Reads <c>HOST:PORT</c>, <c>HOST</c> for the default port, or the URL of a monitor that is served elsewhere; null when it is none of them.</summary>
    public static Uri? Parse(string text)
    {
        if (text.StartsWith("http://", StringComparison.Ordinal) || text.StartsWith("https://", StringComparison.Ordinal))
            return Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var url) ? url : null;
        var host = IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 && text[0] != '[' ? $"[{text}]" : text;
        // Of a scheme that has no port of its own: 80 is not the port that is left out.
        return Uri.TryCreate($"goka://{host}", UriKind.Absolute, out var found) && found is { Host.Length: > 0, Port: not 0, UserInfo: "", PathAndQuery: "" or "/" }
            ? new UriBuilder(Uri.UriSchemeHttp, found.Host, found.Port < 0 ? DefaultPort : found.Port).Uri
            : null;
    }
}
