namespace GokaAkka.Testing.Simulation;

/// <summary>
/// The group that every node runs: notes each record in its key's state, tells the output of it, now and then the loop; fails, waits and
/// holds commits back where the record says so.
/// </summary>
sealed class SimGraph(SimNode node)
{
    readonly SimWorld _world = node.World;

    public GroupGraph<SimState> Build() => GroupGraph.Define<SimState>(Names.Group, g =>
    {
        g.Input(Names.InputA, SimOpCodec.Instance, (ctx, op) => Handle(ctx, 0, op), new InputOptions { Errors = ErrorPolicy.Restart });
        var second = new InputOptions { Errors = _world.Settings.Errors, Concurrency = _world.Settings.Concurrency };
        if (_world.Settings.IsAsynchronous)
            g.Input(Names.InputB, SimOpCodec.Instance, (IContext<SimState> ctx, SimOp op) => HandleLater(ctx, 1, op), second);
        else
            g.Input(Names.InputB, SimOpCodec.Instance, (ctx, op) => Handle(ctx, 1, op), second);
        g.Loop(SimOpCodec.Instance, (ctx, op) => Handle(ctx, 2, op));
        g.Output(Names.Output, SimFactCodec.Instance);
        g.Visitor<int>(Names.Visitor, (ctx, _) => Visit(ctx));
        g.Persist(SimStateCodec.Instance);
        if (_world.Settings.Joins)
            g.Join(Names.Joined, Codec.Int64);
        if (_world.Settings.LooksUp)
            g.Lookup(Names.LookedUp, Codec.Int64);
    });

    /// <summary>What visits do: a change that no record asked for.</summary>
    public void Visit(IContext<SimState> ctx)
    {
        if (ctx.TryGetValue(out var state))
            ctx.SetValue(state with { Visits = state.Visits + 1, From = new Origin(Origin.Visit, (byte)ctx.Partition, 0, node.Seen(ctx.Partition).Number) });
    }

    ValueTask HandleLater(IContext<SimState> ctx, int source, SimOp op)
    {
        if (op.Id % 3 != 0)
        {
            Handle(ctx, source, op);
            return default;
        }

        var life = node.Seen(ctx.Partition);
        return Later();

        async ValueTask Later()
        {
            await node.Wait(_world.Random.Milliseconds(0, 60));
            Handle(ctx, source, op, life);
        }
    }

    void Handle(IContext<SimState> ctx, int source, SimOp op) => Handle(ctx, source, op, node.Seen(ctx.Partition));

    void Handle(IContext<SimState> ctx, int source, SimOp op, PartitionLife life)
    {
        // Nobody runs there any more.
        if (!node.Process.IsAlive)
            throw new ProcessDiedException();
        var fate = _world.Ledger.Fates.At(source, ctx.Partition, ctx.Offset);
        SimState? before = ctx.TryGetValue(out var state) ? state : null;
        _world.Ledger.Processing(fate, before, node.Owns(ctx.Partition));
        if (_world.Settings.Joins)
            _world.Versions.Seen(Names.Joined, life.Joined, fate.Key, ctx.Join<long>(Names.Joined));
        if (_world.Settings.LooksUp)
            _world.Versions.Seen(Names.LookedUp, node.Lookups, fate.Key, ctx.Lookup<long>(Names.LookedUp, ctx.Key));
        if (op.Kind == OpKind.AlwaysFails || (op.Kind == OpKind.FailsAtFirst && fate.Failures < 1 + (fate.Id % 2)))
        {
            fate.Failures++;
            _world.Faults.Add(Fault.CallbackFailed);
            throw new InvalidOperationException($"the workload says that {fate} fails");
        }

        var origin = new Origin((byte)source, (byte)ctx.Partition, (int)ctx.Offset, life.Number);
        if (op.Kind == OpKind.Delete)
            ctx.Delete(HeaderOf(origin));
        else
            ctx.SetValue((before ?? default).Apply(source, op.Id, origin));
        if (op.Kind == OpKind.ApplyAndLoop && source < 2)
            ctx.Loopback(Names.Key(Names.LoopKey(fate.Key)), new SimOp(OpKind.Apply, op.Id, origin));
        ctx.Emit(Names.Output, ctx.Key, new SimFact(origin, (byte)fate.Key, op.Id));
        if (op.Kind == OpKind.ApplyDeferred)
            Hold(ctx.DeferCommit(), fate);
    }

    void Hold(DeferredCommit commit, Fate fate) => node.Process.After(_world.Random.Milliseconds(0, 800), () =>
    {
        // Completed after it is noted, or the commit that follows at once would be held against what is not noted yet.
        fate.Has |= Effects.Deferred;
        commit.Complete();
    });

    static Headers HeaderOf(Origin origin)
    {
        var bytes = new byte[Origin.Bytes];
        origin.Write(bytes);
        return Headers.Of(new Header(Origin.Header, bytes));
    }
}
