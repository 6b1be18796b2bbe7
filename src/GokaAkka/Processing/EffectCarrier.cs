namespace GokaAkka.Processing;

/// <summary>Carries out what a callback has asked for: sends the records, unless those of the table are coalesced, then changes the table's cache.</summary>
sealed class EffectCarrier<TState>(
    IRecordSender sender, TaskOptions options, ChangelogSender changelog, Coalescer<TState>? coalescer)
{
    /// <summary>Whether only some of what the last callback asked for was sent.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>Sends what the context has collected and not sent yet, counted on the segment, and applies its state as far as it was sent.</summary>
    /// <param name="context">The context of a callback that has ended well.</param>
    /// <param name="segment">The segment of its record.</param>
    /// <param name="now">The records' time in milliseconds since the Unix epoch.</param>
    /// <exception cref="PartitionLostException">The partition may be another's by now, and nothing was sent.</exception>
    public void Carry(ProcessingContext<TState> context, Segment segment, long now)
    {
        if (options.IsLost())
            throw new PartitionLostException();
        context.Stage = ProcessingStage.Emit;
        var effects = context.Effects;
        try
        {
            for (; context.Sent < effects.Count; context.Sent++)
                Send(effects, effects[context.Sent], segment, now);
        }
        finally
        {
            // For good: callbacks that others ran beside may still be carried out behind it.
            IsTorn |= context.Sent > 0 && context.Sent < effects.Count;
            // Also when one was refused: the table is what its changelog says, whatever becomes of the record.
            context.ApplyState();
        }
    }

    void Send(Effects effects, in Effect effect, Segment segment, long now)
    {
        var key = effects.Key(effect);
        var value = effects.Value(effect);
        if (!effect.IsTable)
            Emit(effect, key, value, segment, now);
        else if (coalescer is not null)
            coalescer.Hold(segment);
        else
            changelog.Send(effect.Topic, key, value, effect.ValueIsNull, effect.Headers, segment, now);
    }

    void Emit(in Effect effect, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Segment segment, long now)
    {
        var target = options.Partitioner.Partition(key, options.PartitionCount(effect.Topic));
        segment.Expect(Segment.EmitToken, key.Length + value.Length);
        try
        {
            sender.Send(effect.Topic, target, key, value, effect.ValueIsNull, effect.Headers, now, segment, Segment.EmitToken);
        }
        catch
        {
            segment.Withdraw(Segment.EmitToken, key.Length + value.Length);
            throw;
        }

        options.Sent.Add(effect.Topic, key.Length + value.Length);
    }
}
