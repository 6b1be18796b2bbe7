using Akka.Actor;

namespace Akka.Remote;

/// <summary>Which actors of this system watch which of others.</summary>
sealed class RemoteWatches
{
    readonly Dictionary<RemoteActorRef, HashSet<IInternalActorRef>> _watches = new();

    public void Add(RemoteActorRef watchee, IInternalActorRef watcher)
    {
        lock (_watches)
        {
            if (!_watches.TryGetValue(watchee, out var watchers))
                _watches.Add(watchee, watchers = []);
            watchers.Add(watcher);
        }
    }

    public void Remove(RemoteActorRef watchee, IInternalActorRef watcher)
    {
        lock (_watches)
        {
            if (_watches.TryGetValue(watchee, out var watchers) && watchers.Remove(watcher) && watchers.Count == 0)
                _watches.Remove(watchee);
        }
    }

    public List<(RemoteActorRef Watchee, IInternalActorRef Watcher)> Take(Address address)
    {
        var taken = new List<(RemoteActorRef, IInternalActorRef)>();
        lock (_watches)
        {
            foreach (var watchee in _watches.Keys.Where(watchee => watchee.Path.Address.Equals(address)).ToList())
            {
                taken.AddRange(_watches[watchee].Select(watcher => (watchee, watcher)));
                _watches.Remove(watchee);
            }
        }
        return taken;
    }
}
