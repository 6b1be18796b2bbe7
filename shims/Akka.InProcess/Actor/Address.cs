namespace Akka.Actor;

/// <summary>Where an actor system is: only its name for a local one, with host and port for one that can be reached from others.</summary>
public sealed class Address : IEquatable<Address>, IComparable<Address>, IComparable, ICloneable
{
    public static readonly Address AllSystems = new("akka", "all-systems");

    public static readonly IComparer<Address> Comparer = Comparer<Address>.Create(Compare);

    readonly string _text;

    public Address(string protocol, string system, string host = null, int? port = null)
    {
        Protocol = protocol;
        System = system;
        Host = host?.ToLowerInvariant();
        Port = port;
        _text = $"{protocol}://{system}" + (Host == null ? "" : "@" + Host) + (port == null ? "" : ":" + port);
    }

    public string Protocol { get; }

    public string System { get; }

    public string Host { get; }

    public int? Port { get; }

    public bool HasLocalScope => string.IsNullOrEmpty(Host);

    public bool HasGlobalScope => !HasLocalScope;

    public Address WithProtocol(string protocol) => new(protocol, System, Host, Port);

    public Address WithSystem(string system) => new(Protocol, system, Host, Port);

    public Address WithHost(string host = null) => new(Protocol, System, host, Port);

    public Address WithPort(int? port = null) => new(Protocol, System, Host, port);

    public string HostPort() => _text[(Protocol.Length + 3)..];

    public static Address Parse(string address) =>
        TryParse(address, out var parsed) ? parsed : throw new UriFormatException($"'{address}' is not an address; expected protocol://system or protocol://system@host:port.");

    public static bool TryParse(string path, out Address address) => TryParse(path, out address, out _);

    /// <param name="path">an address, alone or followed by the elements of a path</param>
    /// <param name="address">the address</param>
    /// <param name="absolutUri">what follows the address, "/" when nothing does</param>
    public static bool TryParse(string path, out Address address, out string absolutUri)
    {
        address = null;
        absolutUri = null;
        var schemeEnd = path?.IndexOf("://", StringComparison.Ordinal) ?? -1;
        if (schemeEnd <= 0 || !path.StartsWith("akka", StringComparison.Ordinal))
            return false;
        var start = schemeEnd + 3;
        var end = path.IndexOf('/', start);
        var authority = end < 0 ? path[start..] : path[start..end];
        var at = authority.IndexOf('@');
        var system = at < 0 ? authority : authority[..at];
        if (system.Length == 0)
            return false;
        string host = null;
        int? port = null;
        if (at >= 0)
        {
            var colon = authority.LastIndexOf(':');
            if (colon < at || !int.TryParse(authority.AsSpan(colon + 1), out var number))
                return false;
            host = authority[(at + 1)..colon];
            port = number;
        }
        address = new Address(path[..schemeEnd], system, host, port);
        absolutUri = end < 0 ? "/" : path[end..];
        return true;
    }

    public bool Equals(Address other) => other is not null && Port == other.Port && _text == other._text;

    public override bool Equals(object obj) => obj is Address other && Equals(other);

    public override int GetHashCode() => _text.GetHashCode();

    public override string ToString() => _text;

    public object Clone() => new Address(Protocol, System, Host, Port);

    public int CompareTo(Address other) => Compare(this, other);

    int IComparable.CompareTo(object obj) => obj is Address other
        ? Compare(this, other)
        : throw new ArgumentException($"Cannot compare {nameof(Address)} with instance of type '{obj?.GetType().FullName ?? "null"}'.");

    public static bool operator ==(Address left, Address right) => Equals(left, right);

    public static bool operator !=(Address left, Address right) => !Equals(left, right);

    static int Compare(Address x, Address y)
    {
        if (ReferenceEquals(x, y))
            return 0;
        if (x is null || y is null)
            return x is null ? -1 : 1;
        var order = string.CompareOrdinal(x.Protocol, y.Protocol);
        if (order == 0)
            order = string.CompareOrdinal(x.System, y.System);
        if (order == 0)
            order = string.CompareOrdinal(x.Host ?? "", y.Host ?? "");
        return order != 0 ? order : (x.Port ?? 0) - (y.Port ?? 0);
    }
}
