namespace GokaAkka.Specs.Clusters;

/// <summary>A client that can die with its process: from then on it polls no more, and takes no leave of its group.</summary>
sealed class MortalKafka(IKafkaClient inner) : ForwardingClient(inner)
{
    readonly ManualResetEventSlim _goesOn = new(true);
    volatile bool _isDead;
    int _polling;

    /// <summary>Polls no more, as of the end of a poll that is going on.</summary>
    public void Die()
    {
        _isDead = true;
        _goesOn.Set();
        AwaitEndOfPoll();
    }

    /// <summary>Polls no more until <see cref="GoOn"/>, as if its thread hung.</summary>
    public void Hang()
    {
        _goesOn.Reset();
        AwaitEndOfPoll();
    }

    public void GoOn() => _goesOn.Set();

    void AwaitEndOfPoll() => SpinWait.SpinUntil(() => Volatile.Read(ref _polling) == 0, ClusterNodes.Patience).ShouldBeTrue("the poll that was going on has not ended");

    public override IGroupConsumer CreateGroupConsumer(GroupConsumerOptions options) => new Mortal(base.CreateGroupConsumer(options), this);

    sealed class Mortal(IGroupConsumer inner, MortalKafka owner) : ForwardingConsumer(inner)
    {
        public override int Poll(TimeSpan timeout, int maxRecords, IRecordSink sink)
        {
            Interlocked.Increment(ref owner._polling);
            try
            {
                // Asked again once the poll counts as begun: whoever waits for its end has changed that before.
                while (!owner._goesOn.IsSet)
                {
                    Interlocked.Decrement(ref owner._polling);
                    owner._goesOn.Wait();
                    Interlocked.Increment(ref owner._polling);
                }

                return owner._isDead
                    ? throw new KafkaFaultException("Dead", new KafkaFault("Dead", "the process has ended", FaultKind.Permanent))
                    : base.Poll(timeout, maxRecords, sink);
            }
            finally
            {
                Interlocked.Decrement(ref owner._polling);
            }
        }

        public override void CommitInBackground(IReadOnlyCollection<TopicPartitionOffset> offsets)
        {
            if (!owner._isDead)
                base.CommitInBackground(offsets);
        }

        public override void Close()
        {
            if (!owner._isDead)
                base.Close();
        }
    }
}
