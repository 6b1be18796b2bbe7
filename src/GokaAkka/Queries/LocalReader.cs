namespace GokaAkka.Queries;

/// <summary>
/// Reads what this node has of a table. It answers at once, from a partition that is complete, or says why not: it never waits and starts nothing.
/// Safe for concurrent use.
/// </summary>
sealed class LocalReader(string node, LocalTableBoard board, TimeProvider time)
{
    /// <summary>The node, as answers call it.</summary>
    public string Node => node;

    /// <summary>Reads from the best of what may be read: owner, standby, view.</summary>
    public ReadReply Read(ReadRequest request)
    {
        var tables = board.Find(request.Table);
        ReadRefused? refused = null;
        foreach (var table in tables)
        {
            if (table.Source != ReadSource.Owner && !request.AllowsCopies)
                continue;
            var reply = Read(table, request);
            if (reply is not ReadRefused no)
                return reply;
            // What the best source says is what there is to know.
            refused ??= no;
        }

        return refused ?? Refuse(
            tables.IsEmpty ? QueryFailure.UnknownTable : QueryFailure.NotRunning,
            tables.IsEmpty
                ? "is not known on this node: no processor here has it as its group table, and no view is of it. Start one, or look at the name"
                : $"has no owner on this node, only {tables[0].Holder}; start a processor of its group, or allow standbys");
    }

    ReadReply Read(LocalTable from, ReadRequest request)
    {
        if (from.Tables.Find(request.Partition) is not { } table)
        {
            return Refuse(QueryFailure.NotRestored, from.Tables.Count == 0
                ? $"is not there yet: {from.Holder} is {from.State()} and does not know its partitions"
                : $"is not on this node or not complete yet: {from.Holder} is {from.State()}");
        }

        if (from.IsSuperseded(request.Partition))
            return Refuse(QueryFailure.NotRestored, $"is another node's by now, which {from.Holder} has yet to hear from its group");
        if (request is ReadKey { Key: var wanted } && from.Tables.Partitioner.Partition(wanted.Span, from.Tables.Count) is var home && home != request.Partition)
        {
            return Refuse(QueryFailure.Failed,
                $"does not hold the key: {from.Holder} has it in partition {home} of {from.Tables.Count}, by partitioner '{from.Tables.Partitioner.Name}'. "
                + "Set goka.processor.partitioner alike on all nodes");
        }

        // Taken before the reading: so what is read shows at least so much.
        var offset = table.Offset;
        if (offset < request.TableOffset)
        {
            return Refuse(QueryFailure.Behind,
                $"shows its topic up to offset {offset - 1} in {from.Holder}, and {request.TableOffset - 1} was asked for; if that offset is of this "
                + "partition, it is there soon");
        }

        try
        {
            var stamp = new ReadStamp
            {
                Source = from.Source, Node = node, Partition = request.Partition, TableOffset = offset, At = time.GetUtcNow(),
            };
            ReadReply reply = request switch
            {
                ReadKey key => new KeyRead(table.GetBytes(key.Key.Span), stamp),
                ReadRange range => Read(table, range, stamp),
                _ => throw new ArgumentException($"{request.GetType().Name} is no read that is known here.", nameof(request)),
            };
            // A table that was taken off meanwhile may have been emptied since.
            if (from.Tables.Find(request.Partition) == table)
                return reply;
        }
        catch (Exception e) when (e is StorageException or ObjectDisposedException)
        {
            if (from.Tables.Find(request.Partition) == table)
                return Refuse(QueryFailure.Failed, $"cannot be read: {e.Message}");
        }

        return Refuse(QueryFailure.NotRestored, $"went away while it was read: {from.Holder} is {from.State()}");
    }

    static RangeRead Read(PartitionTable table, ReadRange request, ReadStamp stamp)
    {
        var entries = new List<TableEntry>(Math.Min(request.MaxEntries, 256));
        long bytes = 0;
        using var iterator = table.Iterate(request.Range);
        var more = iterator.Next();
        while (more && (entries.Count == 0 || (entries.Count < request.MaxEntries && bytes + iterator.Key.Length + iterator.Value.Length <= request.MaxBytes)))
        {
            entries.Add(new TableEntry(Key.Copy(iterator.Key), iterator.Value.ToArray(), request.Partition));
            bytes += iterator.Key.Length + iterator.Value.Length;
            more = iterator.Next();
        }

        return new RangeRead(entries, !more, stamp);
    }

    ReadRefused Refuse(QueryFailure failure, string reason) => new(failure, node, reason);
}
