using Akka.Actor;

namespace GokaAkka.Actors;

/// <summary>Prepares the view of a table that callbacks look up.</summary>
sealed class LookupStarter<TState>(ProcessorContext<TState> processor) : ITableEdgeVisitor<Lookup>
{
    public Lookup Visit<T>(TableEdge<T> edge)
    {
        var context = new ViewContext<T>
        {
            Table = new Table<T>(edge.Topic, edge.Codec),
            Owner = processor.Graph.Group + "~lookup",
            Settings = processor.Settings,
            Kafka = processor.Kafka,
            Storage = processor.Storage,
            Runtime = processor.Runtime,
            Status = new ViewStatus(processor.Status.Troubles, processor.Runtime),
            ChecksConnection = false,
            Unreadable = UnreadableValues.Refused,
            NeededBy = processor.Graph.Group,
            Tables = new LocalTables<T>(processor.Partitioner),
        };
        return new Lookup(ViewActor<T>.Props(context), context.Tables, new RunningView(edge.Topic, processor.Graph.Group, context.Status), context.Status.Ready);
    }
}

/// <summary>A table that is looked up: its actor, what it holds, when it is complete.</summary>
sealed record Lookup(Props Props, LocalTables Tables, RunningView View, Task Ready);
