using Akka.Actor;

namespace Akka.Remote;

/// <summary>What an actor of one system has of an actor of another: a path with that system's address.</summary>
sealed class RemoteActorRef : InternalActorRefBase
{
    readonly NodeEndpoint _local;
    NodeEndpoint _node;
    IInternalActorRef _target;
    ActorPath _path;

    public RemoteActorRef(NodeEndpoint local, ActorPath path)
    {
        _local = local;
        _path = path;
    }

    public RemoteActorRef(NodeEndpoint local, NodeEndpoint node, IInternalActorRef target)
    {
        _local = local;
        _node = node;
        _target = target;
    }

    // Most references are made for the sender of one message, and nobody asks for their path.
    public override ActorPath Path => _path ??= At(_node.Address, _target.Path);

    public IInternalActorRef Target => _target;

    private protected override ActorSystemImpl SystemOfRef => _local.System;

    private protected override IInternalActorRef ParentOfRef => Path.Depth == 0 ? this : new RemoteActorRef(_local, Path.Parent);

    public static ActorPath At(Address address, ActorPath path)
    {
        var moved = new RootActorPath(address) / path.Elements;
        return path.Uid == ActorPath.UndefinedUid ? moved : moved.WithUid(path.Uid);
    }

    public bool IsAt(NodeEndpoint node) => _target != null && _node == node;

    /// <summary>The same actor, as another system refers to it.</summary>
    public RemoteActorRef In(NodeEndpoint local)
    {
        if (local == _local)
            return this;
        return _target != null ? new RemoteActorRef(local, _node, _target) : new RemoteActorRef(local, Path);
    }

    /// <summary>The actor's system; null when there is none at the address.</summary>
    public NodeEndpoint Node() => _node ?? NodeRegistry.Find(Path.Address);

    public IInternalActorRef TargetAt(NodeEndpoint node)
    {
        if (_target is { } known && _node == node)
            return known;
        var found = node.System.FindLocal(Path);
        // Without a uid the path names whatever actor is there when a message comes.
        if (Path.Uid != ActorPath.UndefinedUid && found is LocalActorRef)
        {
            _node = node;
            _target = found;
        }
        return found;
    }

    private protected override IInternalActorRef ChildOfRef(string name) => new RemoteActorRef(_local, Path / name);

    private protected override void TellInternal(object message, IActorRef sender) => _local.Send(this, message, sender);

    private protected override void Receive(SystemMessage message)
    {
        switch (message)
        {
            case WatchMessage watch:
                _local.Watch(this, watch.Watcher);
                break;
            case UnwatchMessage unwatch:
                _local.Unwatch(this, unwatch.Watcher);
                break;
            case DeathWatchNotification death when Node() is { IsOpen: true } node && _local.IsOpen:
                node.Notify(TargetAt(node), death);
                break;
            case Terminate when Node() is { IsOpen: true } node:
                TargetAt(node).SendSystemMessage(message);
                break;
        }
    }
}
