namespace GokaAkka.Testing.Simulation;

/// <summary>A process's reader of changelogs: fetches as long as batches are asked for, from wherever a partition's leader is.</summary>
sealed class SimTableReader(SimWorld world, SimProcess process) : ITableReader
{
    readonly Dictionary<TopicPartition, Subscription> _subscriptions = [];

    public ITableSubscription Subscribe(string topic, int partition, long fromOffset, ITableListener listener)
    {
        var id = new TopicPartition(topic, partition);
        // One consumer reads a partition once: the newer subscription takes over.
        if (_subscriptions.TryGetValue(id, out var before))
            before.Dispose();
        return _subscriptions[id] = new Subscription(world, process, id, fromOffset, listener);
    }

    public Task<IReadOnlyList<long>> Ends(string topic, int partitions, TimeSpan timeout)
    {
        var (found, left) = (new long[partitions], partitions);
        var answer = new TaskCompletionSource<IReadOnlyList<long>>();
        process.After(timeout, Fail);
        for (var p = 0; p < partitions; p++)
            Ask(p);
        return answer.Task;

        void Ask(int partition) => world.Cluster.ListOffsets(process, new TopicPartition(topic, partition), told =>
        {
            if (told.Error != ClusterError.None)
            {
                Fail();
                return;
            }

            found[partition] = told.Range.High;
            if (--left == 0)
                answer.TrySetResult(found);
        }, Fail, static () => { });

        void Fail() => answer.TrySetException(new KafkaFaultException($"Could not read the ends of '{topic}'", Testing.Faults.TimedOut("the question")));
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions.Values)
            subscription.Dispose();
    }

    sealed class Subscription(SimWorld world, SimProcess process, TopicPartition source, long from, ITableListener listener) : ITableSubscription
    {
        readonly Isolation _isolation = world.Mutations.Has(Mutation.ReadsUncommittedTables) ? Isolation.ReadUncommitted : Isolation.ReadCommitted;
        long _position = from;
        long _toldEnd = -1;
        int _allowed;
        bool _isFetching;
        bool _isOver;

        public void Request(int batches)
        {
            _allowed += batches;
            Fetch();
        }

        public void Dispose() => _isOver = true;

        void Fetch()
        {
            if (_isFetching || _isOver || _allowed == 0)
                return;
            _isFetching = true;
            world.Cluster.Fetch(process, source, _position, world.Random.Between(1, 40), _isolation, answer =>
            {
                _isFetching = false;
                if (_isOver)
                    return;
                Take(answer);
                if (answer.Error is ClusterError.None or ClusterError.OffsetOutOfRange)
                    Fetch();
                else
                    FetchLater(answer.Error.ToString());
            }, () =>
            {
                _isFetching = false;
                FetchLater("Local_TimedOut");
            });
        }

        void FetchLater(string code)
        {
            if (_isOver)
                return;
            if (world.Random.Chance(0.3))
                listener.Faulted(new KafkaFault(code, "the leader does not answer", FaultKind.Retriable));
            process.After(world.Random.Milliseconds(10, 100), Fetch);
        }

        void Take(in FetchAnswer answer)
        {
            if (answer.Error == ClusterError.OffsetOutOfRange)
            {
                listener.Faulted(Testing.Faults.Of(answer.Error, $"{source} does not hold offset {_position}; reading on from the first that it holds", FaultKind.Retriable));
                _position = world.Cluster.State.Log(source)!.LogStart;
                _toldEnd = -1;
            }

            if (answer.Error != ClusterError.None)
                return;
            if (answer.Records.Count > 0)
            {
                _allowed--;
                listener.Read(LogBatch.Of(source, 0, answer.Records, answer.Next));
            }

            _position = answer.Next;
            if (!answer.IsEnd || _toldEnd == answer.Next || _isOver)
                return;
            _toldEnd = answer.Next;
            listener.ReachedEnd(answer.Next);
        }
    }
}
