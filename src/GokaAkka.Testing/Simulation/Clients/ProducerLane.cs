namespace GokaAkka.Testing.Simulation;

/// <summary>A record on its way, and who is to hear of it.</summary>
readonly record struct Outgoing(NewRecord Record, IDeliveryListener? Listener, int Token, bool IsRefused);

/// <summary>
/// A producer's records for one partition: batches with sequence numbers, several under way at once, each sent again until it is answered;
/// deliveries are told in order. As the native client does it.
/// </summary>
sealed class ProducerLane(SimProducer producer, TopicPartition target)
{
    static readonly KafkaFault Purged = new("Local_PurgeQueue", "the producer was disposed before the record was delivered", FaultKind.Retriable);

    readonly List<Outgoing> _waiting = [];
    readonly List<Batch> _sent = [];
    int _sequence;
    bool _lingers;
    ProducerIdentity? _identity;
    bool _asks;
    bool _isDisposed;

    /// <summary>Records whose fate is not known.</summary>
    public int Count { get; private set; }

    public void Add(in Outgoing record)
    {
        _waiting.Add(record);
        Count++;
        if (_lingers)
            return;
        _lingers = true;
        producer.Process.After(producer.Random.Milliseconds(0, 5), () =>
        {
            _lingers = false;
            Pump();
        });
    }

    /// <summary>Sends nothing more, and tells that nothing more is delivered; what is on the wire may arrive all the same.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        List<Outgoing> purged = [.. _sent.SelectMany(static b => b.Records), .. _waiting];
        _waiting.Clear();
        foreach (var batch in _sent)
            batch.IsOver = true;
        _sent.Clear();
        Count = 0;
        producer.Process.After(TimeSpan.FromMilliseconds(1), () => purged.ForEach(static p => p.Listener?.Delivered(p.Token, -1, Purged)));
    }

    public void Pump()
    {
        if (_isDisposed)
            return;
        if (_identity is null)
        {
            Identify();
            return;
        }

        while (_sent.Count < producer.MaxInFlight && _waiting.Count > 0)
        {
            if (_waiting[0].IsRefused)
            {
                // Refused in its turn, once what is before it is told: deliveries keep their order.
                if (_sent.Count > 0)
                    return;
                var refused = _waiting[0];
                _waiting.RemoveAt(0);
                Count--;
                refused.Listener?.Delivered(refused.Token, -1, SimProducer.Refusal);
                continue;
            }

            var count = 0;
            while (count < _waiting.Count && count < producer.BatchRecords && !_waiting[count].IsRefused)
                count++;
            var batch = new Batch(_waiting.GetRange(0, count), _sequence);
            _waiting.RemoveRange(0, count);
            _sequence += count;
            _sent.Add(batch);
            Send(batch);
        }
    }

    void Send(Batch batch)
    {
        if (batch.IsOver || _identity is not { } identity)
            return;
        var isHead = ReferenceEquals(batch, _sent[0]);
        producer.Cluster.Produce(
            producer.Process, identity, target, batch.Sequence, batch.Values, producer.IsTransactional,
            answer => Answered(batch, answer, isHead), () => SendAgain(batch));
    }

    void SendAgain(Batch batch)
    {
        if (!batch.IsOver)
            producer.Process.After(producer.Random.Milliseconds(5, 100), () => Send(batch));
    }

    void Answered(Batch batch, ProduceAnswer answer, bool wasHead)
    {
        if (batch.IsOver)
            return;
        switch (answer.Error)
        {
            case ClusterError.None:
                batch.BaseOffset = answer.BaseOffset;
                TellInOrder();
                Pump();
                break;
            case ClusterError.ProducerFenced or ClusterError.InvalidTxnState:
                producer.Fail(answer.Error);
                break;
            case ClusterError.OutOfOrderSequenceNumber when wasHead && producer.IsTransactional:
                producer.Fail(answer.Error);
                break;
            case ClusterError.OutOfOrderSequenceNumber when wasHead:
                // Everything before it was acknowledged when it was sent, and yet the partition does not know of it: it has lost its tail.
                // A new identity starts the count anew, as the native client does by raising its epoch once nothing else is under way.
                _identity = null;
                Identify();
                break;
            default:
                SendAgain(batch);
                break;
        }
    }

    void Identify()
    {
        if (_asks)
            return;
        _asks = true;
        producer.Identify(identity =>
        {
            _asks = false;
            _identity = identity;
            Renumber();
        });
    }

    /// <summary>Sends everything that is not acknowledged under a new identity.</summary>
    void Renumber()
    {
        _sequence = 0;
        var again = new List<Outgoing>();
        foreach (var batch in _sent)
        {
            // Answers to the old ones mean nothing any more.
            batch.IsOver = true;
            if (batch.BaseOffset < 0)
            {
                again.AddRange(batch.Records);
                continue;
            }

            Count -= batch.Records.Count;
            Tell(batch);
        }

        _sent.Clear();
        _waiting.InsertRange(0, again);
        Pump();
    }

    void TellInOrder()
    {
        while (_sent.Count > 0 && _sent[0].BaseOffset >= 0)
        {
            var batch = _sent[0];
            _sent.RemoveAt(0);
            batch.IsOver = true;
            Count -= batch.Records.Count;
            Tell(batch);
        }
    }

    void Tell(Batch batch)
    {
        if (producer.Tells)
            batch.Tell();
    }

    sealed class Batch(List<Outgoing> records, int sequence)
    {
        public List<Outgoing> Records { get; } = records;

        public NewRecord[] Values { get; } = [.. records.Select(r => r.Record)];

        public int Sequence { get; } = sequence;

        public long BaseOffset { get; set; } = -1;

        public bool IsOver { get; set; }

        /// <summary>Tells the listeners, in runs where they take runs.</summary>
        public void Tell()
        {
            for (var i = 0; i < Records.Count;)
            {
                var (first, run) = (Records[i], i + 1);
                if (first.Listener is IRunListener listener)
                {
                    while (run < Records.Count && ReferenceEquals(Records[run].Listener, listener) && Records[run].Token == first.Token)
                        run++;
                    listener.Delivered(first.Token, run - i, BaseOffset + run - 1);
                }
                else
                {
                    first.Listener?.Delivered(first.Token, BaseOffset + i, null);
                }

                i = run;
            }
        }
    }
}
