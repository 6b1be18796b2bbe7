namespace GokaAkka.Testing.Simulation;

/// <summary>Writes the inputs: so many records of every kind, spread over the time in which faults strike.</summary>
sealed class SimSource(SimWorld world)
{
    const int MostPerKey = 63;

    readonly SimProcess _process = new(world.Scheduler, "source");
    readonly byte[] _next = new byte[2 * Names.Keys];
    readonly ProducerIdentity _transactional = world.Cluster.State.InitProducer("source");
    readonly int[] _sequences = new int[2 * Names.Partitions];
    int _left = world.Settings.Records;

    public void Start() => WriteLater();

    void WriteLater() => _process.After(world.Random.Milliseconds(0, 2 * world.Settings.Chaos.TotalMilliseconds / world.Settings.Records), () =>
    {
        // In bursts, as traffic comes.
        for (var burst = world.Random.Between(1, 6); burst > 0 && _left > 0; burst--, _left--)
            Write();
        if (world.Settings.Joins)
            WriteTable(Names.Joined);
        if (world.Settings.LooksUp)
            WriteTable(Names.LookedUp);
        if (_left > 0 && world.IsChaotic)
            WriteLater();
    });

    void Write()
    {
        var random = world.Random;
        var key = random.Below(Names.Keys);
        // What removes state comes from one input, or the order in which inputs are read would decide what is left.
        var source = Ledger.IsDeletable(key) ? 0 : random.Below(2);
        ref var next = ref _next[(source * Names.Keys) + key];
        if (next >= MostPerKey)
            return;
        var target = new TopicPartition(Names.Inputs[source], Names.Partition(key));
        var op = new SimOp(Kind(source, key), next++, default);
        var record = new NewRecord(-1, Names.KeyBytes(key), Encode(op));
        if (op.Kind == OpKind.Aborted)
            WriteAborted(target, source, key, record, op);
        else
            world.Ledger.Fates.Add(target, world.Cluster.AppendDirectly(target, record, _process), key, op);
    }

    void WriteTable(string table)
    {
        var key = world.Random.Below(Names.Keys);
        world.Cluster.AppendDirectly(
            new TopicPartition(table, Names.Partition(key)), new NewRecord(-1, Names.KeyBytes(key), world.Versions.Next(table, key)), _process);
    }

    void WriteAborted(TopicPartition target, int source, int key, NewRecord record, SimOp op)
    {
        world.Faults.Add(Fault.InputAborted);
        var state = world.Cluster.State;
        ref var sequence = ref _sequences[(source * Names.Partitions) + target.Partition];
        state.Produce(_transactional, target, sequence++, [record], inTransaction: true, out var offset);
        world.Ledger.Fates.Add(target, offset, key, op);
        state.EndTransaction(_transactional, commit: false);
        world.Cluster.ServeWaiting();
    }

    OpKind Kind(int source, int key)
    {
        var random = world.Random;
        var dice = random.Below(100);
        return dice switch
        {
            < 3 => OpKind.Aborted,
            < 8 when Ledger.IsDeletable(key) => OpKind.Delete,
            < 20 when source == 0 => OpKind.ApplyAndLoop,
            < 24 => OpKind.ApplyDeferred,
            < 26 when source == 0 => OpKind.FailsAtFirst,
            < 26 => OpKind.AlwaysFails,
            < 27 when source == 1 => OpKind.Undecodable,
            _ => OpKind.Apply,
        };
    }

    static byte[] Encode(SimOp op)
    {
        var writer = new System.Buffers.ArrayBufferWriter<byte>(16);
        SimOpCodec.Instance.Encode(op, writer);
        return writer.WrittenSpan.ToArray();
    }
}
