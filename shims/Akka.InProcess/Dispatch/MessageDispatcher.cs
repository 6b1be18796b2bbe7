namespace Akka.Dispatch;

/// <summary>Where mailboxes run, and how many messages at a time.</summary>
abstract class MessageDispatcher(string id, int throughput, TimeSpan throughputDeadline)
{
    public string Id { get; } = id;

    public int Throughput { get; } = throughput;

    public TimeSpan ThroughputDeadline { get; } = throughputDeadline;

    public abstract void Schedule(Mailbox mailbox);

    /// <summary>The dispatcher of one more actor: this one, or one of its own where threads are not shared.</summary>
    public virtual MessageDispatcher Attach() => this;

    /// <summary>An actor has stopped. Called on the actor's thread.</summary>
    public virtual void Detach()
    {
    }

    /// <summary>Ends the threads, once the system has terminated.</summary>
    public virtual void Shutdown()
    {
    }
}

/// <summary>Runs mailboxes on the .NET thread pool.</summary>
sealed class ThreadPoolDispatcher(string id, int throughput, TimeSpan throughputDeadline)
    : MessageDispatcher(id, throughput, throughputDeadline)
{
    public override void Schedule(Mailbox mailbox) => ThreadPool.UnsafeQueueUserWorkItem(mailbox, preferLocal: false);
}
