using System.IO.Enumeration;
using Akka.Remote;

namespace Akka.Actor;

/// <summary>A path, relative to an anchor, that is looked up anew for every message. Knows names, "..", and the wildcards * and ?.</summary>
public class ActorSelection : ICanTell
{
    readonly string[] _elements;

    public ActorSelection(IActorRef anchor, string path)
        : this(anchor, path.Split('/'))
    {
    }

    public ActorSelection(IActorRef anchor, IEnumerable<string> elements)
    {
        Anchor = anchor;
        _elements = elements.Where(element => !string.IsNullOrEmpty(element)).ToArray();
        if (_elements.Contains("**"))
            throw new NotSupportedException("The in-process implementation knows no ** in selections.");
    }

    public IActorRef Anchor { get; }

    public string PathString => "/" + string.Join("/", _elements);

    public void Tell(object message, IActorRef sender = null)
    {
        sender ??= ActorCell.Current?.Self;
        if (Anchor is RemoteActorRef remote)
        {
            // Wildcards and names are looked up where the actors are.
            remote.Tell(new SelectionMessage(_elements, message), sender);
            return;
        }
        var targets = Targets((IInternalActorRef)Anchor, 0).ToList();
        if (targets.Count == 0 && ((IInternalActorRef)Anchor).System is { } system)
            targets.Add(new EmptyLocalActorRef(system, Anchor.Path / _elements));
        foreach (var target in targets)
            target.Tell(message, sender);
    }

    public Task<IActorRef> ResolveOne(TimeSpan timeout) => ResolveOne(timeout, CancellationToken.None);

    public async Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct)
    {
        ActorIdentity identity;
        try
        {
            identity = await this.Ask<ActorIdentity>(new Identify(null), timeout, ct).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw new ActorNotFoundException("Exception occurred while resolving ActorSelection", e);
        }
        return identity.Subject ?? throw new ActorNotFoundException("Exception occurred while resolving ActorSelection",
            new ActorNotFoundException($"There is no actor at {this}."));
    }

    public override bool Equals(object obj) => obj is ActorSelection other && Equals(other);

    protected bool Equals(ActorSelection other) => Equals(Anchor, other.Anchor) && PathString == other.PathString;

    public override int GetHashCode() => HashCode.Combine(Anchor, PathString);

    public override string ToString() =>
        $"ActorSelection[Anchor({Anchor.Path}{(Anchor.Path.Uid == ActorPath.UndefinedUid ? "" : "#" + Anchor.Path.Uid)}), Path({PathString})]";

    IEnumerable<IInternalActorRef> Targets(IInternalActorRef from, int index)
    {
        if (index == _elements.Length)
            return [from];
        var element = _elements[index];
        if (element == "..")
            return Targets(from.Parent, index + 1);
        if (element.AsSpan().ContainsAny('*', '?'))
            return from.Children.Where(child => FileSystemName.MatchesSimpleExpression(element, child.Path.Name, ignoreCase: false))
                .SelectMany(child => Targets((IInternalActorRef)child, index + 1));
        var found = from.GetChild(element);
        return found.IsNobody() ? [] : Targets(found, index + 1);
    }
}

/// <summary>Reads the path of a selection.</summary>
static class Selections
{
    public static ActorSelection Parse(string path, ActorSystemImpl system, IActorRef relativeTo)
    {
        if (string.IsNullOrEmpty(path))
            return new ActorSelection(system.DeadLetters, "");
        if (path[0] == '/')
            return new ActorSelection(system.RootGuardian, path);
        return path.Contains("://", StringComparison.Ordinal)
            ? ActorPath.TryParse(path, out var absolute) ? At(absolute, system) : new ActorSelection(system.DeadLetters, "")
            : new ActorSelection(relativeTo, path);
    }

    public static ActorSelection At(ActorPath path, ActorSystemImpl system) =>
        // An address of another system that nothing leads to: its actors are dead letters here.
        path.Address.Equals(system.Address) || path.Address.Equals(system.Endpoint?.Address)
            ? new ActorSelection(system.RootGuardian, path.Elements)
            : system.Endpoint is { } endpoint
                ? new ActorSelection(new RemoteActorRef(endpoint, path.Root), path.Elements)
                : new ActorSelection(system.DeadLetters, path.Elements);
}
