using Akka.Actor;
using GokaAkka.Queries;

namespace GokaAkka.Inspection;

/// <summary>
/// Looks into this node and, where there is a cluster, into every other one, and has them do something about it. Reports are plain data, and so
/// are failures: a node that does not answer is a report that says so. Safe for concurrent use.
/// </summary>
public sealed class Inspector
{
    const string Absent = "GokaAkka does not run there";

    readonly ExtendedActorSystem _system;
    readonly InspectionSettings _settings;
    readonly NodeIdentity _identity;
    readonly NodeDescriber _describer;
    readonly NodeCommands _commands;

    internal Inspector(Goka goka, ExtendedActorSystem system, TimeProvider time)
    {
        _system = system;
        _settings = goka.Settings.Inspection;
        _identity = new NodeIdentity(system);
        var log = new LogKeeper(_settings.LogLines);
        _describer = new NodeDescriber(goka, _identity, log, time);
        _commands = new NodeCommands(goka);
        system.SystemActorOf(InspectionActor.Props(_describer, _commands, log), InspectionActor.Name);
    }

    /// <summary>This node. From figures that are kept anyway: it waits for nobody and can be asked as often as somebody looks.</summary>
    public NodeReport Describe() => _describer.Describe();

    /// <summary>
    /// Every node, this one first, the others by address. They are asked at the same time; what does not answer within
    /// <c>goka.inspection.answer-timeout</c> is a report with <see cref="NodeReport.Silent"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public async Task<IReadOnlyList<NodeReport>> DescribeCluster(CancellationToken cancellation = default)
    {
        var others = _identity.Others().Select(node => Describe(node, cancellation)).ToArray();
        return [Describe(), .. await Task.WhenAll(others).ConfigureAwait(false)];
    }

    /// <summary>Stops consuming an input of a group, or all of them, on every node that runs the group, until <see cref="Resume"/>.</summary>
    /// <param name="group">The group.</param>
    /// <param name="topic">The input; null for every one.</param>
    /// <param name="cancellation">Ends the wait, not what has been asked for.</param>
    /// <remarks>Nodes that start later are not paused. <see cref="Actors.Processor.Pause"/> says what is still processed.</remarks>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public Task<CommandOutcome> Pause(string group, string? topic = null, CancellationToken cancellation = default) =>
        OnGroup(new NodeCommand(NodeVerb.Pause, group) { Topic = topic }, cancellation);

    /// <summary>Consumes an input of a group again, or all of them, on every node that runs the group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="topic">The input; null for every one.</param>
    /// <param name="cancellation">Ends the wait, not what has been asked for.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public Task<CommandOutcome> Resume(string group, string? topic = null, CancellationToken cancellation = default) =>
        OnGroup(new NodeCommand(NodeVerb.Resume, group) { Topic = topic }, cancellation);

    /// <summary>
    /// Has the node that owns a partition finish what it has begun there, close the store and start the partition again, from what is committed.
    /// The group's membership and other partitions are not touched.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellation">Ends the wait, not what has been asked for.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public Task<CommandOutcome> RestartPartition(string group, int partition, CancellationToken cancellation = default) =>
        Everywhere(
            new NodeCommand(NodeVerb.RestartPartition, group) { Partition = partition }, null,
            found => $"No node has partition {partition} of group '{group}'; found {found ?? "no group"}.", cancellation);

    /// <summary>Starts an action (<see cref="Goka.Actions"/>).</summary>
    /// <param name="name">The action.</param>
    /// <param name="value">What it is started with.</param>
    /// <param name="node">The node, by the address in its report; null for every one that has the action.</param>
    /// <param name="cancellation">Ends the wait, not what has been asked for.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public Task<CommandOutcome> StartAction(string name, string value, string? node = null, CancellationToken cancellation = default) =>
        OnActions(new NodeCommand(NodeVerb.StartAction, name) { Value = value }, node, cancellation);

    /// <summary>Tells an action to stop, and does not wait for its end.</summary>
    /// <param name="name">The action.</param>
    /// <param name="node">The node, by the address in its report; null for every one that has the action.</param>
    /// <param name="cancellation">Ends the wait, not what has been asked for.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public Task<CommandOutcome> StopAction(string name, string? node = null, CancellationToken cancellation = default) =>
        OnActions(new NodeCommand(NodeVerb.StopAction, name), node, cancellation);

    Task<CommandOutcome> OnGroup(NodeCommand command, CancellationToken cancellation) =>
        Everywhere(command, null, found => $"No node runs group '{command.Name}'; found {found ?? "no group"}.", cancellation);

    Task<CommandOutcome> OnActions(NodeCommand command, string? node, CancellationToken cancellation) => Everywhere(
        command, node, found => $"There is no action '{command.Name}'{(node is null ? "" : " on " + node)}; found {found ?? "none"}.", cancellation);

    async Task<NodeReport> Describe(OtherNode node, CancellationToken cancellation)
    {
        var (answer, silence) = await Ask<NodeDescribed>(node, DescribeNode.Instance, cancellation).ConfigureAwait(false);
        // Of its status, this node's word is as good as its own, and newer.
        return answer is not null
            ? answer.Report with { Status = node.Status }
            : new NodeReport { Address = node.Address.ToString(), Roles = node.Roles, Status = node.Status, Silent = silence };
    }

    /// <param name="command">What to do.</param>
    /// <param name="only">The address of the only node to do it, or null for all.</param>
    /// <param name="nobody">Says that no node is concerned, given what they have instead, null for nothing.</param>
    /// <param name="cancellation">Ends the wait.</param>
    async Task<CommandOutcome> Everywhere(NodeCommand command, string? only, Func<string?, string> nobody, CancellationToken cancellation)
    {
        var others = _identity.Others();
        if (only is not null && only != _identity.Address && others.All(n => n.Address.ToString() != only))
        {
            var known = others.Select(static n => n.Address.ToString()).Prepend(_identity.Address);
            return new CommandOutcome(false, $"There is no node {only}; expected one of {string.Join(", ", known)}.", []);
        }

        var asked = others.Where(n => only is null || n.Address.ToString() == only).Select(n => Tell(n, command, cancellation)).ToList();
        if (only is null || only == _identity.Address)
            asked.Insert(0, TellSelf(command, cancellation));
        return Sum(await Task.WhenAll(asked).ConfigureAwait(false), nobody);
    }

    static CommandOutcome Sum((string Node, NodeAnswer Answer)[] all, Func<string?, string> nobody)
    {
        var concerned = all.Where(static a => a.Answer.Concern != NodeConcern.None)
            .Select(static a => new NodeOutcome(a.Node, a.Answer.Concern == NodeConcern.Done, a.Answer.Text)).ToList();
        var failed = concerned.Count(static n => !n.Succeeded);
        if (failed == 0 && concerned.Count > 0)
            return new CommandOutcome(true, $"Done on {concerned.Count} of {all.Length} nodes.", concerned);
        if (failed < concerned.Count)
            return new CommandOutcome(false, $"Not done on {failed} of {concerned.Count} nodes.", concerned);
        var found = all.Where(static a => a.Answer is { Concern: NodeConcern.None, Text.Length: > 0 }).Select(static a => $"{a.Answer.Text} on {a.Node}").ToList();
        return new CommandOutcome(false, failed > 0 ? concerned[0].Text : nobody(found.Count == 0 ? null : string.Join("; ", found)), concerned);
    }

    async Task<(string Node, NodeAnswer Answer)> TellSelf(NodeCommand command, CancellationToken cancellation) =>
        (_identity.Address, await _commands.Run(command).WaitAsync(cancellation).ConfigureAwait(false));

    async Task<(string Node, NodeAnswer Answer)> Tell(OtherNode node, NodeCommand command, CancellationToken cancellation)
    {
        var (answer, silence) = await Ask<NodeAnswer>(node, command, cancellation).ConfigureAwait(false);
        return (node.Address.ToString(), answer ?? (silence == Absent ? new NodeAnswer(NodeConcern.None, "") : new NodeAnswer(NodeConcern.Failed, silence!)));
    }

    /// <summary>What the node answers, or why there is no answer.</summary>
    async Task<(T? Answer, string? Silence)> Ask<T>(OtherNode node, IWireMessage question, CancellationToken cancellation) where T : class
    {
        if (!node.CanAnswer)
            return (null, $"it is {node.Status}");
        try
        {
            var ear = _system.ActorSelection(new RootActorPath(node.Address) / "system" / InspectionActor.Name);
            // Every node can read that, one without GokaAkka, too; a question it could not, and would say so in its log.
            var who = await ear.Ask<ActorIdentity>(new Identify(null), _settings.AnswerTimeout, cancellation).ConfigureAwait(false);
            if (who.Subject is not { } there)
                return (null, Absent);
            var answer = await there.Ask<IWireMessage>(question, _settings.AnswerTimeout, cancellation).ConfigureAwait(false);
            return answer is UnknownMessage unknown ? (null, $"it {unknown.Reason()}") : ((T)answer, null);
        }
        catch (AskTimeoutException)
        {
            return (null, $"it did not answer within {_settings.AnswerTimeout.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            return (null, e.Message);
        }
    }
}
