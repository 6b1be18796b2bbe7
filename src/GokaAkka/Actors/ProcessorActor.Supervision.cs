using Akka.Actor;
using Akka.Event;

namespace GokaAkka.Actors;

// What a processor does about failures and troubles.
sealed partial class ProcessorActor<TState>
{
    // What has not failed for so long is taken for sound: a producer or a partition that is idle has nothing else to show.
    static readonly TimeSpan Trial = TimeSpan.FromSeconds(10);

    readonly CancellationTokenSource _ended = new();
    Persistence? _producers;
    long? _producerFailedAt;
    IActorRef? _watch;

    void TellTroubles(TroubleBoard troubles, EventStream events)
    {
        troubles.Began = trouble =>
        {
            _log.Warning("Group {0}: trouble with {1}, tried again until it ends: {2}", _group, trouble.What, trouble.Reason);
            events.Publish(new ProcessorTroubled(_group, trouble));
        };
        troubles.Lasts = (trouble, lasted) =>
            _log.Warning("Group {0}: the trouble with {1} lasts for {2} s: {3}", _group, trouble.What, (long)lasted.TotalSeconds, trouble.Reason);
        troubles.Ended = (trouble, lasted) =>
        {
            _log.Info("Group {0}: the trouble with {1} is over after {2} ms", _group, trouble.What, (long)lasted.TotalMilliseconds);
            events.Publish(new ProcessorRelieved(_group, trouble, lasted));
        };
    }

    Persistence Persist(string what)
    {
        var s = _context.Settings.Processor;
        return new Persistence(_context.Status.Troubles, what, s.MinBackoff, s.MaxBackoff, _context.Runtime);
    }

    void LookAfterPartitions(LookAfterAcknowledgements message)
    {
        foreach (var slot in _slots.Values)
        {
            slot.Settle(_context.Time, Trial);
            slot.Actor?.Tell(message);
        }

        if (_producerFailedAt is { } failed && _context.Time.GetElapsedTime(failed) > Trial)
        {
            _producerFailedAt = null;
            _producers!.Succeeded();
        }
    }

    IRecordProducer NewProducer()
    {
        var self = Self;
        var producer = _context.Kafka.CreateProducer(_producerOptions!);
        producer.Failed += fault => self.Tell(new ProducerFailed(producer, fault));
        return producer;
    }

    /// <summary>What is sent on it fails; it is made anew after a pause that grows while one after the other fails.</summary>
    void ProducerHasFailed(ProducerFailed message)
    {
        if (message.Producer != _producer)
            return;
        _producers ??= Persist("the producer");
        _producerFailedAt = _context.Time.GetTimestamp();
        Timers.StartSingleTimer(nameof(ProducerDue), new ProducerDue(message), _producers.Failed(new KafkaFaultException("It is of no more use", message.Fault)));
    }

    void ReplaceProducer(ProducerFailed message)
    {
        if (message.Producer != _producer)
            return;
        var error = new KafkaFaultException($"The producer of group '{_group}' is made anew", message.Fault with { Kind = FaultKind.Retriable });
        foreach (var slot in _slots.Values)
            slot.Actor?.Tell(new ProducerReplaced(error));
        RenewProducer();
    }

    void RenewProducer()
    {
        var before = _producer!;
        _producer = NewProducer();
        _connections = _connections! with { Producer = _producer };
        // What it has not delivered it tells now, so that partitions are soon done with it.
        before.Dispose();
    }

    /// <summary>The thread is left to itself: nothing can end it. It ends the member when, and if, it comes back.</summary>
    void GiveUpPolling(PollingGivenUp message)
    {
        Fail(new PollingStoppedException(_group, message.Age));
        Context.Stop(Self);
    }

    void Restart(int partition, int generation, Exception error)
    {
        if (!_slots.TryGetValue(partition, out var slot) || slot.Flows?[0].Generation != generation)
            return;
        slot.IsReady = false;
        slot.IsEnding = true;
        var restarts = slot.Backoff.Count;
        if (error is RestartAskedForException)
        {
            _log.Info("Group {0}: partition {1} starts again, as asked", _group, partition);
            slot.Status.Restarts++;
            StartLater(slot, generation, TimeSpan.Zero);
        }
        else if (ErrorRules.IsPassing(error))
        {
            // No restart of the partition's own: brokers caused it, and Troubles tell of it.
            StartLater(slot, generation, slot.Persistence.Failed(error));
        }
        else if (ErrorRules.IsFinal(error) || slot.Backoff.Next(_context.Time.GetUtcNow()) is not { } pause)
        {
            Fail(new ProcessorFailedException(_group, partition, restarts, error));
        }
        else
        {
            _log.Warning("Group {0}: partition {1} has failed and starts again in {2} ms: {3}", _group, partition, (long)pause.TotalMilliseconds, error.Message);
            slot.Status.Restarts++;
            StartLater(slot, generation, pause);
        }
    }

    void RestartAsAsked(RestartPartition message)
    {
        var slot = _slots.GetValueOrDefault(message.Partition);
        var wish = slot is not { IsAssigned: true } ? RestartWish.NotHere : slot.Actor is null || slot.IsEnding ? RestartWish.AlreadyBegun : RestartWish.Begun;
        if (wish == RestartWish.Begun)
            slot!.Actor.Tell(StartAgainAsAsked.Instance);
        message.Answer.TrySetResult(new PartitionRestart(wish, [.. _slots.Values.Where(static s => s.IsAssigned).Select(static s => s.Partition).Order()]));
    }

    void ReadRecreated(TopicRecreated message)
    {
        _log.Warning(
            "Group {0}: the input '{1}' was deleted and created again (its id was {2} and is {3}): it is read from its beginning",
            _group, message.Topic, message.Before, message.Now);
        _connections!.Poller.ReadRecreated(message.Topic, message.Now);
        foreach (var slot in _slots.Values.Where(static s => s.IsAssigned && !s.IsEnding))
            slot.Actor?.Tell(StartAgainAsAsked.Instance);
    }

    void StartLater(PartitionSlot slot, int generation, TimeSpan pause)
    {
        Timers.StartSingleTimer(slot.Partition, new RestartDue(slot.Partition, generation), pause);
        UpdateState();
    }

    void RestartNow(RestartDue message)
    {
        // Where it starts is what is committed, which has to be decided first.
        if (_transactions is null)
            StartAgain(message);
        else
            _transactions.Tell(new AwaitDecided(new RestartDecided(message)));
    }

    void StartAgain(RestartDue message)
    {
        var self = Self;
        _connections!.Poller.Restart(message.Partition, message.Generation, flows => self.Tell(new PartitionsRenewed(flows)));
    }
}
