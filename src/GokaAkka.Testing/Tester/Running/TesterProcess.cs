using Akka.Actor;

namespace GokaAkka.Testing;

/// <summary>
/// One life of what is a process in production, or a part of one: the actors of a processor or view, their loop, and their clients. Used by one thread at a time.
/// </summary>
sealed class TesterProcess(TesterEngine engine, string name, TesterGroup? group) : IKafkaClient
{
    readonly List<TesterSender> _senders = [];
    readonly List<TesterReader> _readers = [];
    IActorRef _actor = ActorRefs.Nobody;
    Task _done = Task.CompletedTask;

    /// <summary>Its name, which no other life has.</summary>
    public string Name => name;

    public TesterRuntime Runtime { get; } = new(engine);

    /// <summary>The member of its group, once there is one.</summary>
    public TesterConsumer? Consumer { get; private set; }

    public bool IsAlive { get; private set; } = true;

    public string Description => "a tester";

    /// <summary>Why it has failed for good, or null.</summary>
    public Exception? Failure => IsAlive ? _done.Exception?.InnerException : null;

    /// <summary>Starts the actor that it is about.</summary>
    /// <param name="props">The actor.</param>
    /// <param name="done">Ends with it.</param>
    /// <param name="isAsynchronous">Whether its partitions have callbacks that go on in <see cref="PumpedContext"/>.</param>
    public void Start(Props props, Task done, bool isAsynchronous = false)
    {
        _done = done;
        _actor = engine.Actors.Start(name, props, isAsynchronous);
    }

    public void Tell(object message) => _actor.Tell(message);

    /// <summary>Takes steps of loops and clients. False when there was nothing to do.</summary>
    public bool Step()
    {
        var did = Runtime.Step();
        did |= Consumer is { } consumer && consumer.TakeActivity();
        foreach (var reader in _readers.ToList())
            did |= reader.Step();
        foreach (var sender in _senders.ToList())
            did |= sender.Deliver();
        return did;
    }

    /// <summary>It ends here and now: nothing is drained, flushed, committed or told.</summary>
    public void Kill()
    {
        IsAlive = false;
        _senders.ForEach(static s => s.Drop());
        _readers.ForEach(static r => r.Dispose());
        Runtime.Kill();
        engine.Actors.System.Stop(_actor);
        engine.Actors.Pump();
    }

    public IGroupConsumer CreateGroupConsumer(GroupConsumerOptions options) => Consumer = new TesterConsumer(engine, this, group!);

    public ITableReader CreateTableReader(TableReaderOptions options)
    {
        var reader = new TesterReader(engine);
        _readers.Add(reader);
        return reader;
    }

    public IRecordProducer CreateProducer(ProducerOptions options)
    {
        var sender = new TesterSender(engine.Broker);
        _senders.Add(sender);
        return sender;
    }

    public ITopicManager CreateTopicManager() => new TesterTopics(engine.Broker.Cluster);
}
