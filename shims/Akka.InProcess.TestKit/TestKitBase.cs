using System.Linq.Expressions;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>
/// A test actor and what a test needs to look at the messages that it gets. One thread at a time: the test's.
/// The awaits in here keep the caller's context, which carries the implicit sender.
/// </summary>
public abstract partial class TestKitBase : IActorRefFactory
{
    static readonly Config s_defaultConfig = ConfigurationFactory.FromResource<TestKitBase>("Akka.TestKit.Internal.Reference.conf");
    static readonly Config s_fullDebugConfig = ConfigurationFactory.ParseString("""
        akka.log-dead-letters-during-shutdown = true
        akka.actor.debug.receive = true
        akka.actor.debug.autoreceive = true
        akka.actor.debug.lifecycle = true
        akka.actor.debug.event-stream = true
        akka.actor.debug.unhandled = true
        akka.log-dead-letters = true
        akka.loglevel = DEBUG
        akka.stdout-loglevel = DEBUG
        """);

    static int s_testActorNumber;

    readonly Channel<MessageEnvelope> _queue = Channel.CreateUnbounded<MessageEnvelope>();
    readonly ITestKitAssertions _assertions;
    MessageEnvelope _lastMessage = NullMessageEnvelope.Instance;
    // The end of the innermost Within.
    TimeSpan? _end;
    // After ExpectNoMsg the end of a Within is not a failure.
    bool _lastWasNoMsg;

    protected TestKitBase(ITestKitAssertions assertions, ActorSystem system = null, string testActorName = null)
    {
        _assertions = assertions ?? throw new ArgumentNullException(nameof(assertions));
        Initialize(system, s_defaultConfig, null, testActorName);
    }

    protected TestKitBase(ITestKitAssertions assertions, Config config, string actorSystemName = null, string testActorName = null)
    {
        _assertions = assertions ?? throw new ArgumentNullException(nameof(assertions));
        Initialize(null, config, actorSystemName, testActorName);
    }

    public static Config DefaultConfig => s_defaultConfig;

    public static Config FullDebugConfig => s_fullDebugConfig;

    public static TimeSpan Now => TimeSpan.FromTicks(DateTime.UtcNow.Ticks);

    public ActorSystem Sys { get; private set; }

    public TestKitSettings TestKitSettings { get; private set; }

    public ILoggingAdapter Log { get; private set; }

    public IActorRef TestActor { get; private set; }

    public EventFilterFactory EventFilter { get; private set; }

    public IActorRef LastSender => _lastMessage.Sender;

    public object LastMessage => _lastMessage.Message;

    public bool HasMessages => _queue.Reader.Count > 0;

    public TimeSpan RemainingOrDefault => RemainingOr(Dilated(TestKitSettings.SingleExpectDefault));

    public TimeSpan Remaining => _end == null
        ? throw new InvalidOperationException("Remaining may not be called outside of \"within\"")
        : RemainingOr(TimeSpan.Zero);

    public EventFilterFactory CreateEventFilter(ActorSystem system) => new(this, system);

    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage) => TestActor.Tell(new InternalTestActor.SetIgnore(shouldIgnoreMessage));

    public void IgnoreMessages<TMsg>(Func<TMsg, bool> shouldIgnoreMessage) =>
        IgnoreMessages(message => message is TMsg typed && shouldIgnoreMessage(typed));

    public void IgnoreMessages<TMsg>() => IgnoreMessages<TMsg>(_ => true);

    public void IgnoreNoMessages() => TestActor.Tell(new InternalTestActor.SetIgnore(null));

    public void SetAutoPilot(AutoPilot pilot) => TestActor.Tell(new InternalTestActor.SetAutoPilot(pilot));

    /// <summary>The test actor watches; its <see cref="Terminated"/> comes as a message.</summary>
    public IActorRef Watch(IActorRef actorToWatch) => WatchAsync(actorToWatch).GetAwaiter().GetResult();

    public async Task<IActorRef> WatchAsync(IActorRef actorToWatch)
    {
        await TestActor.Ask(new InternalTestActor.WatchActor(actorToWatch), RemainingOrDefault);
        return actorToWatch;
    }

    public IActorRef Unwatch(IActorRef actorToUnwatch) => UnwatchAsync(actorToUnwatch).GetAwaiter().GetResult();

    public async Task<IActorRef> UnwatchAsync(IActorRef actorToUnwatch)
    {
        await TestActor.Ask(new InternalTestActor.UnwatchActor(actorToUnwatch), RemainingOrDefault);
        return actorToUnwatch;
    }

    public TimeSpan RemainingOrDilated(TimeSpan? duration)
    {
        if (duration < TimeSpan.Zero)
            throw new ArgumentException("Must be positive TimeSpan", nameof(duration));
        return duration is { } given ? Dilated(given) : RemainingOrDefault;
    }

    public TimeSpan Dilated(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
            throw new ArgumentException("Must not be negative", nameof(duration));
        return duration * TestKitSettings.TestTimeFactor;
    }

    public TimeSpan GetTimeoutOrDefault(TimeSpan? timeout) => timeout ?? TestKitSettings.SingleExpectDefault;

    public virtual void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) => Shutdown(Sys, duration, verifySystemShutdown);

    public virtual TestProbe CreateTestProbe(string name = null) => CreateTestProbe(Sys, name);

    public virtual TestProbe CreateTestProbe(ActorSystem system, string name = null) => new(system, _assertions, name);

    public IActorRef CreateTestActor(string name) => NewTestActor(name);

    public IActorRef ActorOf(Props props) => Sys.ActorOf(props);

    public IActorRef ActorOf(Props props, string name) => Sys.ActorOf(props, name);

    public IActorRef ActorOf<TActor>()
        where TActor : ActorBase, new() => Sys.ActorOf(Props.Create<TActor>());

    public IActorRef ActorOf<TActor>(string name)
        where TActor : ActorBase, new() => Sys.ActorOf(Props.Create<TActor>(), name);

    public IActorRef ActorOf<TActor>(Expression<Func<TActor>> factory)
        where TActor : ActorBase => Sys.ActorOf(Props.Create(factory));

    public IActorRef ActorOf<TActor>(Expression<Func<TActor>> factory, string name)
        where TActor : ActorBase => Sys.ActorOf(Props.Create(factory), name);

    public ActorSelection ActorSelection(ActorPath actorPath) => Sys.ActorSelection(actorPath);

    public ActorSelection ActorSelection(string actorPath) => Sys.ActorSelection(actorPath);

    public ActorSelection ActorSelection(IActorRef anchorRef, string actorPath) => Sys.ActorSelection(anchorRef, actorPath);

    /// <summary>A child of the test actor.</summary>
    public IActorRef ChildActorOf(Props props, string name, SupervisorStrategy supervisorStrategy, CancellationToken cancellationToken = default) =>
        Wait(SpawnAsync(props, name, supervisorStrategy, cancellationToken));

    public IActorRef ChildActorOf(Props props, SupervisorStrategy supervisorStrategy, CancellationToken cancellationToken = default) =>
        Wait(SpawnAsync(props, null, supervisorStrategy, cancellationToken));

    public IActorRef ChildActorOf(Props props, string name, CancellationToken cancellationToken = default) =>
        Wait(SpawnAsync(props, name, null, cancellationToken));

    public IActorRef ChildActorOf(Props props, CancellationToken cancellationToken = default) => Wait(SpawnAsync(props, null, null, cancellationToken));

    protected virtual void Shutdown(ActorSystem system, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        system ??= Sys;
        var patience = duration ?? Dilated(TimeSpan.FromSeconds(5));
        if (system.Terminate().Wait(patience))
            return;
        var message = $"Failed to stop [{system.Name}] within [{patience}]. It still has:\n{string.Join("\n", Living(((ActorSystemImpl)system).RootGuardian))}";
        if (verifySystemShutdown)
            throw new TimeoutException(message);
        system.Log.Warning("{0}", message);
    }

    protected TimeSpan RemainingOr(TimeSpan duration)
    {
        if (_end is not { } end)
            return duration;
        return end > Now ? end - Now : TimeSpan.Zero;
    }

    IActorRef IActorRefFactory.ActorOf(Props props, string name) => Sys.ActorOf(props, name);

    internal ITestKitAssertions KitAssertions => _assertions;

    private protected static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private protected static void Wait(ValueTask task) => task.AsTask().GetAwaiter().GetResult();

    void Initialize(ActorSystem system, Config config, string systemName, string testActorName)
    {
        if (system == null)
            system = ActorSystem.Create(systemName ?? "test", config.SafeWithFallback(s_defaultConfig));
        else
            system.Settings.InjectTopLevelFallback(s_defaultConfig);
        Sys = system;
        TestKitSettings = TestKitExtension.For(system);
        Log = Logging.GetLogger(system, GetType());
        EventFilter = new EventFilterFactory(this, system);
        TestActor = NewTestActor(string.IsNullOrEmpty(testActorName) ? "testActor" + Interlocked.Increment(ref s_testActorNumber) : testActorName);
        BecomeImplicitSender();
    }

    // On this thread, and through the context on those on which an asynchronous test goes on.
    void BecomeImplicitSender()
    {
        if (this is TestProbe)
            return;
        var cell = this is INoImplicitSender ? null : ((LocalActorRef)TestActor).Cell;
        ActorCell.Enter(cell);
        SynchronizationContext.SetSynchronizationContext(new ActorCellKeepingSynchronizationContext(cell));
    }

    IActorRef NewTestActor(string name)
    {
        var queue = _queue.Writer;
        return ((ExtendedActorSystem)Sys).SystemActorOf(
            Props.Create(() => new InternalTestActor(queue)).WithDispatcher("akka.test.test-actor.dispatcher"), name);
    }

    private protected async ValueTask<IActorRef> SpawnAsync(Props props, string name, SupervisorStrategy strategy, CancellationToken cancellationToken)
    {
        TestActor.Tell(new InternalTestActor.Spawn(props, name, strategy));
        return await ExpectMsgAsync<IActorRef>(cancellationToken: cancellationToken);
    }

    static IEnumerable<IActorRef> Living(IInternalActorRef actor) =>
        actor.Children.SelectMany(child => Living((IInternalActorRef)child).Prepend(child));
}
