using System.Collections.Concurrent;

namespace Akka.Dispatch;

/// <summary>Runs mailboxes on threads of its own.</summary>
sealed class ThreadsDispatcher : MessageDispatcher
{
    readonly BlockingCollection<Mailbox> _ready = [];
    readonly bool _endsWithItsActor;

    public ThreadsDispatcher(string id, int throughput, TimeSpan throughputDeadline, int threads, bool background, bool endsWithItsActor)
        : base(id, throughput, throughputDeadline)
    {
        _endsWithItsActor = endsWithItsActor;
        for (var i = 1; i <= threads; i++)
            new Thread(Run) { IsBackground = background, Name = $"{id}_{i}" }.Start();
    }

    public override void Schedule(Mailbox mailbox)
    {
        try
        {
            _ready.Add(mailbox);
        }
        catch (InvalidOperationException)
        {
            // The actor or the system has ended, and with it the threads; there is nothing left to run here.
        }
    }

    public override void Detach()
    {
        if (_endsWithItsActor)
            Shutdown();
    }

    public override void Shutdown() => _ready.CompleteAdding();

    void Run()
    {
        foreach (var mailbox in _ready.GetConsumingEnumerable())
            mailbox.Execute();
    }
}

/// <summary>Gives every actor a thread of its own.</summary>
sealed class PinnedDispatcher(string id, int throughput, TimeSpan throughputDeadline) : MessageDispatcher(id, throughput, throughputDeadline)
{
    public override MessageDispatcher Attach() =>
        new ThreadsDispatcher(Id, Throughput, ThroughputDeadline, threads: 1, background: true, endsWithItsActor: true);

    public override void Schedule(Mailbox mailbox) => throw new InvalidOperationException("Actors run on what Attach returns.");
}
