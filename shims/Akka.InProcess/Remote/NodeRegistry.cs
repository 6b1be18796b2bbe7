using System.Collections.Concurrent;
using System.Net.Sockets;
using Akka.Actor;

namespace Akka.Remote;

/// <summary>The actor systems of this process that others can reach, by host and port: what the network is to remoting.</summary>
static class NodeRegistry
{
    const int FirstFreePort = 49152;

    static readonly ConcurrentDictionary<(string Host, int Port), NodeEndpoint> s_nodes = new();
    static int s_uid;
    static int s_nextPort = FirstFreePort;

    public static IEnumerable<NodeEndpoint> Nodes => s_nodes.Values;

    public static int NextUid() => Interlocked.Increment(ref s_uid);

    /// <summary>Finds the system at an address; null when none of this process is there.</summary>
    public static NodeEndpoint Find(Address address) =>
        address.Host != null && address.Port is { } port && s_nodes.TryGetValue((address.Host, port), out var node)
            && node.Address.System == address.System ? node : null;

    /// <summary>Takes a port for a node; 0 asks for any that is free.</summary>
    public static int Open(string host, int port, Func<int, NodeEndpoint> create)
    {
        var key = host.ToLowerInvariant();
        if (port != 0)
        {
            if (!s_nodes.TryAdd((key, port), create(port)))
                throw new SocketException((int)SocketError.AddressAlreadyInUse,
                    $"Address already in use: another actor system of this process has {host}:{port}. Give each system a port of its own, or 0 for any.");
            return port;
        }
        while (true)
        {
            var candidate = FirstFreePort + ((Interlocked.Increment(ref s_nextPort) - FirstFreePort) & 0x3fff);
            if (s_nodes.TryAdd((key, candidate), create(candidate)))
                return candidate;
        }
    }

    /// <summary>From now on nothing reaches the node, and the others notice that it is gone.</summary>
    public static void Close(NodeEndpoint node)
    {
        if (!s_nodes.TryRemove(KeyValuePair.Create((node.Address.Host, node.Address.Port.Value), node)))
            return;
        foreach (var other in Nodes)
            other.PeerClosed(node);
    }
}
