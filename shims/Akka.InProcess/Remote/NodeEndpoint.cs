using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Remote;

/// <summary>
/// Where an actor system meets the others of the process: its address, the way of messages to and from other systems,
/// and the watches on actors of other systems.
/// </summary>
sealed class NodeEndpoint
{
    readonly RemoteWatches _watches = new();
    readonly MissingNodes _missing;
    readonly bool _serializeMessages;
    volatile bool _closed;

    NodeEndpoint(ActorSystemImpl system, Address address, Config config)
    {
        System = system;
        Address = address;
        Uid = NodeRegistry.NextUid();
        _missing = new MissingNodes(system);
        _serializeMessages = config.GetBoolean("akka.actor.serialize-messages");
    }

    public ActorSystemImpl System { get; }

    public Address Address { get; }

    /// <summary>Tells this system from others that have had the address.</summary>
    public int Uid { get; }

    public bool IsOpen => !_closed;

    /// <summary>Says whether a node belongs to this node's cluster: death watch then waits for the cluster's verdict.</summary>
    public Func<Address, bool> IsMember { get; set; } = _ => false;

    public event Action Closed;

    public static NodeEndpoint Open(ActorSystemImpl system, Config config)
    {
        var tcp = config.GetConfig("akka.remote.dot-netty.tcp");
        var host = FirstOf(tcp.GetString("public-hostname"), tcp.GetString("hostname"), "localhost");
        var port = tcp.GetInt("port");
        if (port is < 0 or > 65535)
            throw new ConfigurationException($"'akka.remote.dot-netty.tcp.port' is {port}; expected 0 (any free port) to 65535.");
        NodeEndpoint opened = null;
        NodeRegistry.Open(host, port, number => opened = new NodeEndpoint(system, new Address("akka.tcp", system.Name, host, number), config));
        return opened;
    }

    public void Close()
    {
        if (_closed)
            return;
        _closed = true;
        NodeRegistry.Close(this);
        Closed?.Invoke();
    }

    /// <summary>The reference that this system's actors use for an actor of any system.</summary>
    public IActorRef Localize(IActorRef actor)
    {
        switch (actor)
        {
            case null or Nobody:
                return actor;
            case RemoteActorRef remote when remote.Path.Address.Equals(Address):
                return remote.IsAt(this) ? remote.Target : Resolve(remote.Path);
            case RemoteActorRef remote:
                return remote.In(this);
            case IInternalActorRef { System: { } system } local when system != System && system.Endpoint is { } home:
                return new RemoteActorRef(this, home, local);
            default:
                return actor;
        }
    }

    /// <summary>The actor of a path: this system's, or a reference to another's.</summary>
    public IInternalActorRef Resolve(ActorPath path) =>
        path.Address.Equals(Address) || path.Address.Equals(System.Address) ? System.FindLocal(path) : new RemoteActorRef(this, path);

    public void Send(RemoteActorRef recipient, object message, IActorRef sender)
    {
        if (message == null)
            throw new InvalidMessageException("Message is null.");
        if (_closed || recipient.Node() is not { IsOpen: true } node)
        {
            if (!_closed)
                _missing.Report(recipient.Path.Address, IsMember);
            System.DeadLettersRef.Bounce(new Envelope(message, sender), recipient);
            return;
        }
        try
        {
            recipient.TargetAt(node).Tell(Wire.Transfer(message, this, node, _serializeMessages), node.Localize(sender));
        }
        catch (global::System.Runtime.Serialization.SerializationException e)
        {
            System.Log.Error(e, "A message of type [{0}] to {1} is lost: {2}", message.GetType(), recipient, e.Message);
        }
    }

    public void Watch(RemoteActorRef watchee, IInternalActorRef watcher)
    {
        _watches.Add(watchee, watcher);
        if (recipientNode() is { IsOpen: true } node)
        {
            var target = watchee.TargetAt(node);
            target.SendSystemMessage(new WatchMessage(target, (IInternalActorRef)node.Localize(watcher)));
        }
        else if (!IsMember(watchee.Path.Address))
        {
            _watches.Remove(watchee, watcher);
            watcher.SendSystemMessage(new DeathWatchNotification(watchee, existenceConfirmed: false, addressTerminated: true));
        }

        NodeEndpoint recipientNode() => watchee.Node();
    }

    public void Unwatch(RemoteActorRef watchee, IInternalActorRef watcher)
    {
        _watches.Remove(watchee, watcher);
        if (watchee.Node() is { IsOpen: true } node)
        {
            var target = watchee.TargetAt(node);
            target.SendSystemMessage(new UnwatchMessage(target, (IInternalActorRef)node.Localize(watcher)));
        }
    }

    /// <summary>An actor of another system has ended: tells the one of this system that watches it.</summary>
    public void Notify(IInternalActorRef watcher, DeathWatchNotification death)
    {
        if (_closed)
            return;
        var actor = (IInternalActorRef)Localize(death.Actor);
        if (actor is RemoteActorRef remote)
            _watches.Remove(remote, watcher);
        watcher.SendSystemMessage(new DeathWatchNotification(actor, death.ExistenceConfirmed, death.AddressTerminated));
    }

    /// <summary>A node is gone for good: all of its actors count as ended.</summary>
    public void AddressTerminated(Address address)
    {
        foreach (var (watchee, watcher) in _watches.Take(address))
            watcher.SendSystemMessage(new DeathWatchNotification(watchee, existenceConfirmed: true, addressTerminated: true));
    }

    public void PeerClosed(NodeEndpoint peer)
    {
        if (!IsMember(peer.Address))
            AddressTerminated(peer.Address);
    }

    static string FirstOf(params string[] candidates) => candidates.First(candidate => !string.IsNullOrEmpty(candidate));
}
