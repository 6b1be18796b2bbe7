using GokaAkka.Kafka;
using GokaAkka.Records;

namespace GokaAkka.Processing;

/// <summary>Carries out what a callback has asked for: sends the records, then changes the table's cache.</summary>
sealed class EffectCarrier(
    int partition, int partitions, IRecordSender sender, IPartitioner partitioner, ITaskHost host, SentCounters counters)
{
    /// <summary>Whether only some of what the last callback asked for was sent.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>
    /// Sends what the context has collected and not sent yet, counted on the segment, and applies its state as far as it was sent.
    /// </summary>
    /// <param name="context">The context of a callback that has ended well.</param>
    /// <param name="segment">The segment of its record.</param>
    /// <param name="now">The records' time in milliseconds since the Unix epoch.</param>
    public void Carry<TState>(ProcessingContext<TState> context, Segment segment, long now)
    {
        context.Stage = ProcessingStage.Emit;
        var effects = context.Effects;
        IsTorn = false;
        try
        {
            for (; context.Sent < effects.Count; context.Sent++)
                Send(effects, effects[context.Sent], segment, now);
        }
        finally
        {
            IsTorn = context.Sent > 0 && context.Sent < effects.Count;
            // Also when one was refused: the table is what its changelog says, whatever becomes of the record.
            context.ApplyState();
        }
    }

    void Send(Effects effects, in Effect effect, Segment segment, long now)
    {
        var key = effects.Key(effect);
        var value = effects.Value(effect);
        // The table record goes to this partition whatever the key's hash says: here it was made, and here it is restored.
        var target = effect.IsTable ? partition : partitioner.Partition(key, sender.PartitionCount(effect.Topic));
        var token = effect.IsTable ? Segment.TableToken : Segment.EmitToken;
        if (effect.IsTable)
        {
            if (partitions > 0 && partitioner.Partition(key, partitions) != partition)
                host.Misplaced(key);
            segment.ExpectTable();
        }
        else
        {
            segment.Expect();
        }

        try
        {
            sender.Send(effect.Topic, target, key, value, effect.ValueIsNull, effect.Headers, now, segment, token);
        }
        catch
        {
            segment.Withdraw(token);
            throw;
        }

        counters.Add(effect.Topic, key.Length + value.Length);
        if (!effect.IsTable)
            return;
        segment.TableFingerprint = KeyHash.Fingerprint(key, value, effect.ValueIsNull);
        segment.TableTimestamp = now;
    }
}
