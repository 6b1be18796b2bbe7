using GokaAkka.Actors;

namespace GokaAkka.Inspection;

/// <summary>Does on this node what is asked of every node, as far as it concerns this one.</summary>
sealed class NodeCommands(Goka goka)
{
    public async Task<NodeAnswer> Run(NodeCommand command)
    {
        try
        {
            return command.Verb switch
            {
                NodeVerb.Pause => Halt(command, true),
                NodeVerb.Resume => Halt(command, false),
                NodeVerb.RestartPartition => await RestartPartition(command).ConfigureAwait(false),
                NodeVerb.StartAction => Act(command, goka => goka.Actions.Start(command.Name, command.Value)),
                NodeVerb.StopAction => Act(command, goka => goka.Actions.Stop(command.Name)),
                _ => new NodeAnswer(NodeConcern.Failed, $"'{command.Verb}' is nothing this node knows how to do. Do all nodes run the same version?"),
            };
        }
        catch (Exception e)
        {
            return new NodeAnswer(NodeConcern.Failed, e.Message);
        }
    }

    NodeAnswer Halt(NodeCommand command, bool paused)
    {
        if (Find(command.Name) is not { } processor)
            return NotHere();
        if (processor.Done.IsCompleted)
            return new NodeAnswer(NodeConcern.Failed, $"group '{command.Name}' is {processor.State} here");
        var inputs = processor.Graph.InputStreams.Append(processor.Graph.LoopStream).OfType<string>().ToList();
        if (command.Topic is { } topic && !inputs.Contains(topic))
            return new NodeAnswer(NodeConcern.Failed, $"'{topic}' is not an input of group '{command.Name}'; its inputs are {string.Join(", ", inputs)}");
        if (paused)
            processor.Pause(command.Topic);
        else
            processor.Resume(command.Topic);
        return new NodeAnswer(NodeConcern.Done, $"{(paused ? "paused" : "resumed")} {command.Topic ?? string.Join(", ", inputs)}");
    }

    async Task<NodeAnswer> RestartPartition(NodeCommand command)
    {
        if (Find(command.Name) is not { } processor)
            return NotHere();
        var (wish, assigned) = await processor.RestartPartition(command.Partition).ConfigureAwait(false);
        return wish switch
        {
            RestartWish.Begun => new NodeAnswer(NodeConcern.Done, $"partition {command.Partition} starts again"),
            RestartWish.AlreadyBegun => new NodeAnswer(NodeConcern.Done, $"partition {command.Partition} starts again already"),
            _ => new NodeAnswer(NodeConcern.None, assigned.Count == 0
                ? $"no partition of group '{command.Name}', which is {processor.State},"
                : $"partitions {string.Join(", ", assigned)} of group '{command.Name}'"),
        };
    }

    NodeAnswer Act(NodeCommand command, Func<Goka, ActionReport> act)
    {
        var names = goka.Actions.Describe().Select(static a => a.Name).ToList();
        return names.Contains(command.Name)
            ? new NodeAnswer(NodeConcern.Done, $"'{command.Name}' is {act(goka).Status}")
            : new NodeAnswer(NodeConcern.None, string.Join(", ", names.Select(static n => $"'{n}'")));
    }

    Processor? Find(string group) => goka.AllProcessors.FirstOrDefault(p => p.Graph.Group == group);

    NodeAnswer NotHere() =>
        new(NodeConcern.None, string.Join(", ", goka.AllProcessors.Select(static p => $"group '{p.Graph.Group}'").Order(StringComparer.Ordinal)));
}
