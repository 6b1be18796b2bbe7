using System.Text;
using Akka.Dispatch;

namespace Akka.Actor;

sealed partial class ActorCell
{
    static long s_uid;

    long _childNumber = -1;

    public ChildrenContainer Children { get; } = new();

    public IActorRef Child(string name) => (IActorRef)Children.Find(name)?.Child ?? ActorRefs.Nobody;

    public IEnumerable<IActorRef> GetChildren() => Array.ConvertAll(Children.Stats, stats => (IActorRef)stats.Child);

    public void Stop(IActorRef child)
    {
        if (Children.Find(child) is { } stats)
            Children.ShallDie(stats.Child);
        ((IInternalActorRef)child).SendSystemMessage(new Terminate());
    }

    public LocalActorRef MakeChild(Props props, string name)
    {
        ArgumentNullException.ThrowIfNull(props);
        if (name == null)
            name = RandomName(Interlocked.Increment(ref _childNumber));
        else
            CheckName(name);
        var dispatcher = System.DispatcherFactory.Lookup(props.Dispatcher);
        var child = Children.Add(name, () => new LocalActorRef(System, props, dispatcher.Attach(), SelfRef,
            new ChildActorPath(Self.Path, name, Interlocked.Increment(ref s_uid))));
        // A child that is made while its parent is failing waits for the parent's supervisor, as its siblings do.
        if (IsFailed)
        {
            for (var i = Mailbox.SuspendCount; i > 0; i--)
                child.Suspend();
        }
        child.Start();
        return child;
    }

    static string RandomName(long number)
    {
        const string digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";
        var name = new StringBuilder("$");
        do
        {
            name.Append(digits[(int)(number & 63)]);
            number >>= 6;
        }
        while (number > 0);
        return name.ToString();
    }

    static void CheckName(string name)
    {
        if (name.Length == 0)
            throw new InvalidActorNameException("Actor name must not be empty.");
        if (!ActorPath.IsValidPathElement(name))
            throw new InvalidActorNameException($"Illegal actor name [{name}]. {ActorPath.ValidActorNameDescription}");
    }
}
