namespace GokaAkka.Testing;

/// <summary>A record on its way from a producer's caller to the log.</summary>
internal readonly record struct Outgoing(TopicPartition Partition, NewRecord Record, IDeliveryListener? Listener, int Token);

/// <summary>What a listener is to be told.</summary>
internal readonly record struct Delivery(IDeliveryListener? Listener, int Token, long Offset, KafkaFault? Fault);

/// <summary>A producer's acknowledgements, in the order of the records of a partition, those held back by a test kept apart. Guarded by the gate.</summary>
internal sealed class DeliveryQueue(FaultPlan plan)
{
    readonly Queue<Delivery> _ready = new();
    readonly Dictionary<TopicPartition, Queue<Delivery>> _held = [];

    public void Add(TopicPartition partition, in Delivery delivery)
    {
        // Behind one that is held back everything of its partition is.
        if (_held.TryGetValue(partition, out var held))
            held.Enqueue(delivery);
        else if (plan.MustWait(partition))
            _held.Add(partition, new Queue<Delivery>([delivery]));
        else
            _ready.Enqueue(delivery);
    }

    /// <summary>Moves what may be told now to <paramref name="into"/>.</summary>
    public void TakeReady(List<Delivery> into)
    {
        foreach (var (partition, held) in _held)
        {
            while (held.Count > 0 && !plan.MustWait(partition))
                _ready.Enqueue(held.Dequeue());
            if (held.Count == 0)
                _held.Remove(partition);
        }

        while (_ready.TryDequeue(out var delivery))
            into.Add(delivery);
    }

    /// <summary>Gives up waiting for what is held back: its listeners hear of the fault.</summary>
    public void Purge(KafkaFault fault)
    {
        foreach (var held in _held.Values)
        {
            while (held.TryDequeue(out var delivery))
                _ready.Enqueue(delivery with { Fault = fault });
        }

        _held.Clear();
    }
}
