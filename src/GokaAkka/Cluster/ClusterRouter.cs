using Akka.Actor;
using Akka.Cluster;
using GokaAkka.Queries;

namespace GokaAkka.Cluster;

/// <summary>
/// Brings reads to where the partition is: on this node without a hop, else by the group's shard region. Where the region has no answer soon, since the
/// shard moves or its coordinator is away, or the gateway says that another node has it, that node is asked directly.
/// </summary>
sealed class ClusterRouter(
    ActorSystem system, LocalReader reader, LocalTableBoard board, SharedMap map, GroupRegions regions, int pieceBytes, QuerySettings settings) : IReadRouter
{
    readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);

    public int PieceBytes => pieceBytes;

    public TableRoute Find(string table)
    {
        var known = map.Current;
        var group = known.Writing(table);
        var here = board.Find(table);
        var hasOwner = group is not null || (!here.IsEmpty && here[0].Source != ReadSource.View);
        if (!here.IsEmpty && here[0].Tables.Count > 0)
            return new TableRoute(here[0].Tables.Count, here[0].Tables.Partitioner, hasOwner);
        if (group is { PartitionCount: > 0 })
            return new TableRoute(group.PartitionCount, Named(group.Partitioner, table), hasOwner);
        if (known.ViewsOf(table).FirstOrDefault(static v => v.View.PartitionCount > 0) is { View: { } view })
            return new TableRoute(view.PartitionCount, Named(view.Partitioner, table), hasOwner);
        // What begins is heard of soon; of nodes that have said nothing yet, anything may be.
        return hasOwner || !here.IsEmpty || !IsSettled(known) ? TableRoute.Starting : TableRoute.Nowhere(settings.AttemptTimeout);
    }

    public QueryException Unknown(string table)
    {
        var known = map.Current;
        if (known.Writing(table) is { } group)
        {
            return new QueryException(QueryFailure.NotRestored, table, -1, reader.Node,
                $"Table '{table}' cannot be read yet: group {group.Group} is starting on {string.Join(", ", group.Nodes)} and does not know its partitions.");
        }

        var silent = _cluster.State.Members.Where(m => !known.Knows(m.UniqueAddress)).Select(static m => m.Address.ToString()).ToArray();
        return new QueryException(QueryFailure.UnknownTable, table, -1, reader.Node,
            $"Table '{table}' is not known in the cluster: no node runs a processor that has it as its group table, or has a view of it. "
            + (known.Tables.Any() ? $"Known are {string.Join(", ", known.Tables.Order(StringComparer.Ordinal))}." : "There is none at all.")
            + (silent.Length > 0 ? $" Nothing is known of {string.Join(", ", silent)}." : "") + OwnState());
    }

    public async ValueTask<ReadReply> Read(ReadRequest request, TimeSpan within, CancellationToken cancellation)
    {
        var here = reader.Read(request);
        if (here is not ReadRefused refused)
            return here;
        var known = map.Current;
        if (known.Writing(request.Table) is { } group)
        {
            var claim = group.Board.Find(request.Partition);
            if (claim is { Node: var owner } && owner.Equals(_cluster.SelfAddress))
            {
                if (!request.AllowsCopies)
                    return refused;
            }
            else if (!request.AllowsCopies || claim is null || !IsUnreachable(claim.Value.Node))
            {
                var there = await AskOwner(group, claim, request, within, cancellation).ConfigureAwait(false);
                if (there is not ReadRefused)
                    return there;
                refused = (ReadRefused)there;
            }
        }

        if (!request.AllowsCopies)
            return refused;
        foreach (var node in known.CopiesOf(request.Table, request.Partition).Where(n => !n.Equals(_cluster.SelfAddress)))
        {
            var copy = await Ask(ReaderOn(node), node.ToString(), request, within, cancellation).ConfigureAwait(false);
            if (copy is not ReadRefused)
                return copy;
            if (known.Writing(request.Table) is null)
                refused = (ReadRefused)copy;
        }

        return refused;
    }

    async Task<ReadReply> AskOwner(GroupPlaces group, PartitionClaim? claim, ReadRequest request, TimeSpan within, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            var byRegion = AskRegion(group, claim, request, within, enough.Token);
            var owner = claim?.Node;
            if (await Task.WhenAny(byRegion, Task.Delay(settings.DirectAfter, enough.Token)).ConfigureAwait(false) == byRegion)
            {
                if (await byRegion.ConfigureAwait(false) is not ReadRefused refused)
                    return byRegion.Result;
                if (refused.Owner is { } hint && Address.TryParse(hint, out var hinted))
                    owner = hinted;
                if (owner is null || refused.Node == owner.ToString())
                    return refused;
            }

            if (owner is null || owner.Equals(_cluster.SelfAddress))
                return await byRegion.ConfigureAwait(false);
            var direct = await Ask(ReaderOn(owner), owner.ToString(), request, within, enough.Token).ConfigureAwait(false);
            // The region may have been about to answer from where the partition is by now.
            return direct is ReadRefused && byRegion.IsCompletedSuccessfully && byRegion.Result is not ReadRefused ? byRegion.Result : direct;
        }
        finally
        {
            await enough.CancelAsync().ConfigureAwait(false);
        }
    }

    async Task<ReadReply> AskRegion(GroupPlaces group, PartitionClaim? claim, ReadRequest request, TimeSpan within, CancellationToken cancellation)
    {
        try
        {
            var region = await regions.Of(group.Group).WaitAsync(Patience(within), cancellation).ConfigureAwait(false);
            return await Ask(region, claim?.Node.ToString(), request, within, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            return new ReadRefused(QueryFailure.TimedOut, reader.Node, $"has no shard region here yet: {e.Message}{OwnState()}");
        }
    }

    async Task<ReadReply> Ask(ICanTell target, string? node, ReadRequest request, TimeSpan within, CancellationToken cancellation)
    {
        var patience = Patience(within);
        try
        {
            var answer = await target.Ask<IWireMessage>(request, patience, cancellation).ConfigureAwait(false);
            return answer as ReadReply ?? new ReadRefused(QueryFailure.Failed, node ?? reader.Node, $"has no answer, for the node {((UnknownMessage)answer).Reason()}");
        }
        catch (Exception e) when (e is AskTimeoutException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return new ReadRefused(QueryFailure.TimedOut, node ?? reader.Node, node is null
                ? $"has no answer, and no node says that it has it: its group is rebalancing, or has lost its last member{OwnState()}"
                : FormattableString.Invariant($"has no answer after {patience.TotalSeconds:0.###} s; the node may be gone or cut off{OwnState()}"));
        }
    }

    ActorSelection ReaderOn(Address node) => system.ActorSelection(new RootActorPath(node) / "system" / ReadGateway.Name);

    // Later than that another node may have it.
    TimeSpan Patience(TimeSpan within) => within < settings.AttemptTimeout ? within > TimeSpan.Zero ? within : TimeSpan.FromMilliseconds(1) : settings.AttemptTimeout;

    bool IsSettled(ClusterMap known)
    {
        var members = _cluster.State.Members;
        return members.Any(m => m.UniqueAddress == _cluster.SelfUniqueAddress) && members.All(m => known.Knows(m.UniqueAddress));
    }

    bool IsUnreachable(Address node) => _cluster.State.Unreachable.Any(m => m.Address.Equals(node));

    string OwnState()
    {
        var status = _cluster.SelfMember.Status;
        if (status is MemberStatus.Up or MemberStatus.WeaklyUp)
            return "";
        return _cluster.State.Members.Any(m => m.UniqueAddress == _cluster.SelfUniqueAddress)
            ? $". This node is {status} in the cluster"
            : ". This node is in no cluster yet: " + (_cluster.Settings.SeedNodes.IsEmpty
                ? "it has no seed nodes (akka.cluster.seed-nodes)"
                : $"it tries to join by {string.Join(", ", _cluster.Settings.SeedNodes)}");
    }

    IPartitioner Named(string name, string table)
    {
        try
        {
            return Partitioners.Named(name);
        }
        catch (ArgumentException)
        {
            throw new QueryException(QueryFailure.Failed, table, -1, reader.Node,
                $"Table '{table}' has its keys placed by partitioner '{name}', which is not known on node {reader.Node}: read it on a node that runs its group.");
        }
    }
}
