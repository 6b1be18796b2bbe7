using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;

namespace Akka.Dispatch;

/// <summary>
/// The queue of an actor and the work item that empties it. At most one thread runs a mailbox at a time: it runs only while
/// it owns the Scheduled bit, and taking and giving back that bit orders the memory of successive runs.
/// </summary>
sealed class Mailbox(ActorCell cell, MessageDispatcher dispatcher) : IThreadPoolWorkItem
{
    const int Scheduled = 1;
    const int Closed = 2;
    const int SuspendedOnce = 4; // the suspend count is kept in the bits above

    readonly ConcurrentQueue<Envelope> _queue = new();
    // Unstashed messages, next one on top. Only the thread that runs the mailbox touches it.
    Stack<Envelope> _front;
    // A stack of system messages, latest on top; reversed when it is taken.
    SystemMessage _system;
    int _status;

    public bool IsSuspended => Volatile.Read(ref _status) >= SuspendedOnce;

    public int SuspendCount => Volatile.Read(ref _status) / SuspendedOnce;

    public bool IsClosed => (Volatile.Read(ref _status) & Closed) != 0;

    public MessageDispatcher Dispatcher => dispatcher;

    public void Post(Envelope envelope)
    {
        _queue.Enqueue(envelope);
        // The message must be visible before the status is read: else the running thread could leave just before
        // it sees the message, while this thread still takes it for running.
        Interlocked.MemoryBarrier();
        if (IsClosed)
            MessagesToDeadLetters();
        else
            ScheduleIfIdle(hasMessages: true, hasSystemMessages: false);
    }

    public void Post(SystemMessage message)
    {
        do
            message.Next = Volatile.Read(ref _system);
        while (Interlocked.CompareExchange(ref _system, message, message.Next) != message.Next);
        if (IsClosed)
            SystemMessagesToDeadLetters();
        else
            ScheduleIfIdle(hasMessages: false, hasSystemMessages: true);
    }

    /// <summary>Puts a message before all others; to be called by the running actor only.</summary>
    public void PostFirst(Envelope envelope) => (_front ??= new Stack<Envelope>()).Push(envelope);

    public void Suspend() => Interlocked.Add(ref _status, SuspendedOnce);

    public void Resume()
    {
        if (IsSuspended)
            Interlocked.Add(ref _status, -SuspendedOnce);
    }

    /// <summary>Ends the mailbox. What it holds and what still comes goes to dead letters.</summary>
    public void Close()
    {
        Interlocked.Or(ref _status, Closed);
        while (_front is { Count: > 0 })
            ToDeadLetters(_front.Pop());
        MessagesToDeadLetters();
        SystemMessagesToDeadLetters();
    }

    public void Execute()
    {
        var outer = ActorCell.Enter(cell);
        try
        {
            if (!IsClosed)
            {
                ProcessSystemMessages();
                ProcessMessages();
            }
        }
        finally
        {
            ActorCell.Leave(outer);
            Interlocked.And(ref _status, ~Scheduled);
            ScheduleIfIdle(hasMessages: false, hasSystemMessages: false);
        }
    }

    void ProcessMessages()
    {
        var left = Math.Max(1, dispatcher.Throughput);
        var deadline = dispatcher.ThroughputDeadline > TimeSpan.Zero
            ? Stopwatch.GetTimestamp() + (long)(dispatcher.ThroughputDeadline.TotalSeconds * Stopwatch.Frequency)
            : long.MaxValue;
        while ((Volatile.Read(ref _status) & ~Scheduled) == 0 && TryTake(out var envelope))
        {
            cell.Invoke(envelope);
            ProcessSystemMessages();
            if (--left == 0 || (deadline != long.MaxValue && Stopwatch.GetTimestamp() >= deadline))
                return;
        }
    }

    void ProcessSystemMessages()
    {
        while (Volatile.Read(ref _system) != null)
        {
            var message = TakeSystemMessages();
            while (message != null)
            {
                var next = message.Next;
                message.Next = null;
                if (IsClosed)
                    cell.System.DeadLettersRef.Bounce(message);
                else
                    cell.Invoke(message);
                message = next;
            }
        }
    }

    void ScheduleIfIdle(bool hasMessages, bool hasSystemMessages)
    {
        while (true)
        {
            var status = Volatile.Read(ref _status);
            if ((status & (Scheduled | Closed)) != 0)
                return;
            var work = hasSystemMessages || Volatile.Read(ref _system) != null
                || (status < SuspendedOnce && (hasMessages || _front is { Count: > 0 } || !_queue.IsEmpty));
            if (!work)
                return;
            if (Interlocked.CompareExchange(ref _status, status | Scheduled, status) == status)
            {
                dispatcher.Schedule(this);
                return;
            }
        }
    }

    bool TryTake(out Envelope envelope) => (_front != null && _front.TryPop(out envelope)) || _queue.TryDequeue(out envelope);

    SystemMessage TakeSystemMessages()
    {
        var latest = Interlocked.Exchange(ref _system, null);
        SystemMessage earliest = null;
        while (latest != null)
        {
            var next = latest.Next;
            latest.Next = earliest;
            earliest = latest;
            latest = next;
        }
        return earliest;
    }

    void MessagesToDeadLetters()
    {
        while (_queue.TryDequeue(out var envelope))
            ToDeadLetters(envelope);
    }

    void SystemMessagesToDeadLetters()
    {
        for (var message = TakeSystemMessages(); message != null;)
        {
            var next = message.Next;
            message.Next = null;
            cell.System.DeadLettersRef.Bounce(message);
            message = next;
        }
    }

    void ToDeadLetters(Envelope envelope) => cell.System.DeadLettersRef.Bounce(envelope, cell.Self);
}
