using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.Remote;
using Akka.Util;

namespace Akka.Actor;

sealed partial class ActorSystemImpl : ExtendedActorSystem
{
    readonly ConcurrentDictionary<Type, Lazy<object>> _extensions = new();
    readonly TerminationCallbacks _termination = new();
    readonly Guardians _guardians;
    readonly ConcurrentDictionary<string, IInternalActorRef> _temps = new();
    IActorRef _deadLetterListener;
    long _tempNumber;

    public ActorSystemImpl(string name, Config config)
    {
        if (!SystemName().IsMatch(name ?? ""))
            throw new ArgumentException(
                $"Invalid ActorSystem name [{name}], must contain only word characters (i.e. [a-zA-Z0-9] plus non-leading '-')", nameof(name));
        ArgumentNullException.ThrowIfNull(config);
        Name = name;
        Address = new Address("akka", name);
        Settings = new Settings(this, config);
        EventStream = new EventStream();
        EventStream.StartStdoutLogger(Settings);
        Log = new BusLogging(EventStream, $"ActorSystem({name})", GetType(), Settings.LogFormatter);
        Scheduler = (IScheduler)Activator.CreateInstance(
            TypeNames.Resolve(Settings.SchedulerClass, "akka.scheduler.implementation"), Settings.Config, Log);
        StartTime = Scheduler.MonotonicClock;
        DispatcherFactory = new DispatcherFactory(Settings);
        var root = new RootActorPath(Address);
        DeadLettersRef = new DeadLetterActorRef(this, root / "deadLetters");
        // Registered first, run last.
        RegisterOnTermination(DispatcherFactory.Shutdown);
        RegisterOnTermination(() => (Scheduler as IDisposable)?.Dispose());
        _guardians = new Guardians(this, root, _termination.Run);
        Provider = new ActorRefProvider(this);
    }

    public override Settings Settings { get; }

    public override string Name { get; }

    public override EventStream EventStream { get; }

    public override IScheduler Scheduler { get; }

    public override ILoggingAdapter Log { get; }

    public override IActorRef DeadLetters => DeadLettersRef;

    public override Task WhenTerminated => _termination.Task;

    public Address Address { get; }

    public DeadLetterActorRef DeadLettersRef { get; }

    public DispatcherFactory DispatcherFactory { get; }

    public override IActorRefProvider Provider { get; }

    /// <summary>Where other systems reach this one; null for a local one.</summary>
    public NodeEndpoint Endpoint { get; private set; }

    public LocalActorRef RootGuardian => _guardians.Root;

    /// <summary>Reads the serializers from the configuration as it is now; nothing before they have been read first.</summary>
    public void ReloadSerialization()
    {
        if (Serialization != null)
            Serialization = new Serialization.Serialization(this);
    }

    public void Start()
    {
        try
        {
            _guardians.Start();
            EventStream.StartDefaultLoggers(this);
            Serialization = new Serialization.Serialization(this);
            if (Settings.HasCluster)
            {
                Endpoint = NodeEndpoint.Open(this, Settings.Config);
                RegisterOnTermination(Endpoint.Close);
            }
            foreach (var typeName in Settings.Config.GetStringList("akka.extensions"))
                LoadExtension(typeName);
            if (Settings.LogDeadLetters > 0)
                _deadLetterListener = SystemActorOf<DeadLetterListener>("deadLetterListener");
            EventStream.StartUnsubscriber(this);
            if (Settings.HasCluster)
                Cluster.Cluster.Get(this);
            if (Settings.LogConfigOnStart)
                Log.Info(Settings.ToString());
        }
        catch
        {
            Endpoint?.Close();
            FinalTerminate();
            throw;
        }
    }

    public ActorPath TempPath() => new ChildActorPath(RootGuardian.Path / "temp", "$" + Interlocked.Increment(ref _tempNumber), ActorPath.UndefinedUid);

    /// <summary>The actor of a path, whatever the path's address; a reference to nobody when there is none.</summary>
    public IInternalActorRef FindLocal(ActorPath path)
    {
        IInternalActorRef found = RootGuardian;
        if (path.Depth == 2 && path.Elements[0] == "temp")
            return _temps.TryGetValue(path.Name, out var temp) ? temp : NobodyAt(path);
        if (path.Depth == 1 && path.Name == DeadLettersRef.Path.Name)
            return DeadLettersRef;
        foreach (var name in path.Elements)
        {
            found = found.GetChild(name);
            if (found.IsNobody())
                return NobodyAt(path);
        }
        return path.Uid == ActorPath.UndefinedUid || path.Uid == found.Path.Uid ? found : NobodyAt(path);
    }

    public void RegisterTemp(ActorPath path, IInternalActorRef actor, Task until)
    {
        _temps[path.Name] = actor;
        until.ContinueWith(_ => _temps.TryRemove(path.Name, out var _), TaskContinuationOptions.ExecuteSynchronously);
    }

    public override IActorRef ActorOf(Props props, string name = null) => _guardians.User.Cell.MakeChild(props, name);

    public override IActorRef SystemActorOf(Props props, string name = null) => _guardians.System.Cell.MakeChild(props, name);

    public override IActorRef SystemActorOf<TActor>(string name = null) => SystemActorOf(Props.Create<TActor>(), name);

    public override ActorSelection ActorSelection(ActorPath actorPath) => Selections.At(actorPath, this);

    public override ActorSelection ActorSelection(string actorPath) => Selections.Parse(actorPath, this, RootGuardian);

    public override void Stop(IActorRef actor)
    {
        // A guardian must count the children that it waits for, on its own thread.
        if (actor.Path.Parent == _guardians.User.Path)
            _guardians.User.Tell(new StopChild(actor), ActorRefs.NoSender);
        else if (actor.Path.Parent == _guardians.System.Path)
            _guardians.System.Tell(new StopChild(actor), ActorRefs.NoSender);
        else
            ((IInternalActorRef)actor).SendSystemMessage(new Terminate());
    }

    public override Task Terminate() => Settings.CoordinatedShutdownRunByActorSystemTerminate
        ? CoordinatedShutdown.Get(this).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance)
        : FinalTerminate();

    /// <summary>Stops the actors, without the phases of the coordinated shutdown.</summary>
    public Task FinalTerminate()
    {
        Log.Debug("System shutdown initiated");
        if (!Settings.LogDeadLettersDuringShutdown && _deadLetterListener != null)
            Stop(_deadLetterListener);
        _guardians.User.Stop();
        return WhenTerminated;
    }

    public override void Abort()
    {
        Endpoint?.Close();
        FinalTerminate();
    }

    public override void RegisterOnTermination(Action code) => _termination.Add(code);

    public override object RegisterExtension(IExtensionId extension)
    {
        if (extension == null)
            return null;
        return _extensions.GetOrAdd(extension.ExtensionType, _ => new Lazy<object>(() => extension.CreateExtension(this))).Value;
    }

    public override object GetExtension(IExtensionId extensionId) => TryGetExtension(extensionId.ExtensionType, out var extension) ? extension : null;

    public override T GetExtension<T>() => TryGetExtension<T>(out var extension) ? extension : null;

    public override bool HasExtension(Type type) => typeof(IExtension).IsAssignableFrom(type) && _extensions.ContainsKey(type);

    public override bool HasExtension<T>() => _extensions.ContainsKey(typeof(T));

    public override bool TryGetExtension(Type extensionType, out object extension)
    {
        extension = _extensions.TryGetValue(extensionType, out var found) ? found.Value : null;
        return found != null;
    }

    public override bool TryGetExtension<T>(out T extension)
    {
        var found = TryGetExtension(typeof(T), out var untyped);
        extension = untyped as T;
        return found;
    }

    public override string ToString() => Address.ToString();

    EmptyLocalActorRef NobodyAt(ActorPath path) => new(this, Remote.RemoteActorRef.At(Address, path));

    void LoadExtension(string typeName)
    {
        try
        {
            if (TypeNames.Find(typeName) is { } type && typeof(IExtensionId).IsAssignableFrom(type) && !type.IsAbstract)
                RegisterExtension((IExtensionId)Activator.CreateInstance(type));
            else
                Log.Error("[{0}] is not an 'ExtensionId', skipping...", typeName);
        }
        catch (MissingMethodException e)
        {
            Log.Error(e, "While trying to load extension [{0}], skipping...", typeName);
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9-]*$")]
    private static partial Regex SystemName();
}
