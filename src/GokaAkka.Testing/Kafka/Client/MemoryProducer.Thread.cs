namespace GokaAkka.Testing;

// What runs on the producer's own thread.
internal sealed partial class MemoryProducer
{
    KafkaFault? _failureToTell;

    void Run()
    {
        var deliveries = new List<Delivery>();
        while (true)
        {
            KafkaFault? failure;
            bool park;
            lock (_host.Gate)
            {
                if (_isDisposed)
                    break;
                Write();
                _deliveries.TakeReady(deliveries);
                failure = _failureToTell;
                _failureToTell = null;
                park = deliveries.Count == 0 && failure is null && (_queue.Count == 0 || _host.IsDown);
                if (park)
                    Parking.Prepare();
            }

            if (park)
                Parking.Wait(TimeSpan.MaxValue);
            Tell(deliveries);
            if (failure is not null)
                Failed?.Invoke(failure);
        }

        lock (_host.Gate)
        {
            PurgeAll("the producer was disposed before the record was");
            _deliveries.TakeReady(deliveries);
        }

        Tell(deliveries);
        Parking.Dispose();
    }

    /// <summary>Under the gate: writes what is queued to the logs.</summary>
    void Write()
    {
        for (var n = 0; n < WrittenAtOnce && !_host.IsDown && _queue.TryDequeue(out var outgoing); n++)
        {
            var fault = Write(outgoing, out var offset);
            if (fault is not null)
                TakeNote(fault);
            _deliveries.Add(outgoing.Partition, new Delivery(outgoing.Listener, outgoing.Token, offset, fault));
        }
    }

    KafkaFault? Write(in Outgoing outgoing, out long offset)
    {
        offset = -1;
        if (_failure is not null)
            return _failure;
        if (_host.Plan.TakeSendFault(outgoing.Partition) is { } ordered)
            return ordered;
        var sequence = _sequences.GetValueOrDefault(outgoing.Partition);
        var error = _host.Cluster.Produce(_identity, outgoing.Partition, sequence, [outgoing.Record], IsTransactional, out offset);
        switch (error)
        {
            case ClusterError.None:
                _sequences[outgoing.Partition] = sequence + 1;
                _host.WakeReaders(outgoing.Partition);
                return null;
            case ClusterError.UnknownTopicOrPart:
                return Faults.UnknownPartition(outgoing.Partition, _host.Cluster.Topic(outgoing.Partition.Topic));
            case ClusterError.InvalidRecord:
                return Faults.Of(error, $"topic '{outgoing.Partition.Topic}' is compacted and takes no record without a key");
            default:
                return Fenced(error);
        }
    }

    /// <summary>Under the gate: what a failed record means for the producer and its transaction.</summary>
    void TakeNote(KafkaFault fault)
    {
        if (fault.Kind == FaultKind.Fatal)
            Fail(fault);
        else if (IsTransactional)
            _transactionFault ??= fault with { Kind = FaultKind.AbortsTransaction };
    }

    /// <summary>Under the gate: the producer is of no more use.</summary>
    void Fail(KafkaFault fault)
    {
        if (_failure is not null)
            return;
        _failure = _failureToTell = fault;
        Parking.Wake();
    }

    void Tell(List<Delivery> deliveries)
    {
        foreach (var delivery in deliveries)
        {
            try
            {
                delivery.Listener?.Delivered(delivery.Token, delivery.Offset, delivery.Fault);
            }
            catch (Exception e)
            {
                lock (_host.Gate)
                    Fail(new KafkaFault("Local_Application", $"a delivery listener of producer '{_options.ClientId}' threw: {e}", FaultKind.Fatal));
            }

            _outstanding.Leave();
        }

        deliveries.Clear();
    }
}
