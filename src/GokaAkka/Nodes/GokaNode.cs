using System.Runtime.ExceptionServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using GokaAkka.Actors;
using GokaAkka.Actors.Configuration;
using GokaAkka.Nodes;

namespace GokaAkka;

/// <summary>
/// A program that runs processors and views until it is told to stop. It takes its settings from the files that <c>--config</c> names and from the
/// environment, and logs to the standard output as <c>akka.loggers</c> says.
/// </summary>
/// <example>
/// <code>return await GokaNode.Run(args, node => node.Process(clicks));</code>
/// </example>
public sealed class GokaNode
{
    // Beneath the files. A message to another node without a serializer of its own is an error: Akka's fallback would write .NET types, which other
    // versions may not be able to read.
    const string Strict = "akka.actor.serialization-settings.allow-unregistered-types = false";

    readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    readonly ActorSystem _system;

    GokaNode(Goka goka, ActorSystem system, CancellationToken stopping)
    {
        Goka = goka;
        _system = system;
        Stopping = stopping;
    }

    /// <summary>GokaAkka in the node's actor system.</summary>
    public Goka Goka { get; }

    /// <summary>Cancelled when the node has been told to stop.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>
    /// Runs a node until SIGTERM or SIGINT, or until a processor or view fails. It then leaves its groups cleanly; a second signal ends the process at
    /// once.
    /// </summary>
    /// <param name="args">The program's arguments: <c>--config FILE</c>, any number of times, and <c>--help</c>.</param>
    /// <param name="start">Starts what the node runs.</param>
    /// <param name="options">Parts given in code.</param>
    /// <returns>
    /// The exit code; where it is not 0, the reason is on the standard error by then.
    /// <list type="table">
    /// <item><term>0</term><description>a clean end: by a signal, or because the cluster was told to have the node leave</description></item>
    /// <item><term>1</term><description>it could not start, or a processor or view has failed</description></item>
    /// <item><term>2</term><description>the command line makes no sense</description></item>
    /// <item><term>3</term><description>the cluster has removed the node (<see cref="CoordinatedShutdown.ClusterDowningReason"/>)</description></item>
    /// <item><term>4</term><description>it could not join its cluster (<see cref="CoordinatedShutdown.ClusterJoinUnsuccessfulReason"/>)</description></item>
    /// <item><term>5</term><description>
    /// something was cut off: <c>goka.processor.drain-timeout</c>, or a time-out of CoordinatedShutdown, was over before all had ended
    /// </description></item>
    /// </list>
    /// </returns>
    public static async Task<int> Run(string[] args, Action<GokaNode> start, GokaOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(start);
        using var signals = new StopSignals();
        return await Run(args, start, options ?? new GokaOptions(), Console.Out, Console.Error, signals.Token).ConfigureAwait(false);
    }

    internal static async Task<int> Run(
        IReadOnlyList<string> args, Action<GokaNode> start, GokaOptions options, TextWriter output, TextWriter errors, CancellationToken stop)
    {
        try
        {
            var arguments = NodeArguments.Parse(args);
            if (arguments.WantsHelp)
                await output.WriteLineAsync(NodeArguments.Usage).ConfigureAwait(false);
            else
                await Run(Read(arguments.ConfigFiles), Started(start), options, stop).ConfigureAwait(false);
            return 0;
        }
        catch (Exception e)
        {
            await errors.WriteLineAsync(TextOf(e)).ConfigureAwait(false);
            return NodeExit.CodeOf(e);
        }
    }

    /// <summary>The HOCON of files, a later one over an earlier one.</summary>
    /// <exception cref="ConfigurationException">One cannot be read.</exception>
    internal static Config Read(IReadOnlyList<string> files) =>
        files.Aggregate(ConfigurationFactory.ParseString(Strict), static (below, file) => HoconFile.Read(file).WithFallback(below));

    /// <summary>What of an error to tell people.</summary>
    internal static string TextOf(Exception error) => error.GetBaseException() is ConfigurationException wrong ? wrong.Message : error.Message;

    /// <summary>Runs a node until it is told to stop or fails.</summary>
    /// <param name="config">Its HOCON.</param>
    /// <param name="start">Starts what it runs, once it is in its cluster.</param>
    /// <param name="options">Parts given in code.</param>
    /// <param name="stop">Tells it to stop.</param>
    internal static async Task Run(Config config, Func<GokaNode, Task> start, GokaOptions options, CancellationToken stop)
    {
        var whole = NodeCluster.ConfigOf(config);
        var system = NodeCluster.Start(whole.GetString("goka.node.name"), whole);
        var shutdown = CoordinatedShutdown.Get(system);
        GokaNode? node = null;
        Exception? failure = null;
        try
        {
            node = new GokaNode(Goka.Get(system, options), system, stop);
            await NodeCluster.Join(system, node.Goka.Settings.Node.JoinTimeout, stop).ConfigureAwait(false);
            await start(node).ConfigureAwait(false);
            system.Log.Info("The node runs {0}.", string.Join(", ", node.Goka.Processors.Select(static p => p.Graph.Group)) is { Length: > 0 } groups ? groups : "no processor");
            await node.UntilEnd(system.WhenTerminated).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop before it had started.
        }
        catch (Exception e)
        {
            failure = e;
        }

        var cutOff = "";
        try
        {
            await shutdown.Run(failure switch
            {
                null => CoordinatedShutdown.ActorSystemTerminateReason.Instance,
                NodeEndedException { ExitCode: NodeExit.NotJoined } => CoordinatedShutdown.ClusterJoinUnsuccessfulReason.Instance,
                _ => NodeFailedReason.Instance,
            }).ConfigureAwait(false);
        }
        catch (Exception e) when (e.GetBaseException() is TimeoutException late)
        {
            // Of a phase that is set not to be passed over.
            cutOff = late.Message;
        }

        // Leaving may fail, too.
        failure ??= node?._failed.Task.Exception?.GetBaseException();
        if (NodeExit.Check(system, failure, cutOff.Length > 0 ? cutOff : node?.Goka.CutOff ?? "") is { } error)
            ExceptionDispatchInfo.Throw(error);
    }

    static Func<GokaNode, Task> Started(Action<GokaNode> start) => node =>
    {
        start(node);
        return Task.CompletedTask;
    };

    /// <summary>
    /// Whether this node is one of those that run a group, by <c>goka.node.groups."GROUP".roles</c> and the node's own roles: to be asked before the
    /// group is started, where not all nodes are to run it.
    /// </summary>
    public bool Runs(string group) => HasRole(Goka.Settings.Node.Groups.GetValueOrDefault(group, new NodePart()).Roles);

    internal bool HasRole(IReadOnlyList<string> roles)
    {
        if (roles.Count == 0)
            return true;
        // Without a cluster there is a setting all the same.
        var own = _system.Settings.Config.GetStringList("akka.cluster.roles") ?? [];
        return roles.Any(own.Contains);
    }

    /// <summary>Starts a processor; the node ends when it fails.</summary>
    /// <inheritdoc cref="Goka.Process{TState}"/>
    public Processor<TState> Process<TState>(GroupGraph<TState> graph, ProcessorOptions? options = null)
    {
        var processor = Goka.Process(graph, options);
        Watch(processor.Done);
        return processor;
    }

    /// <summary>Starts a view; the node ends when it fails.</summary>
    /// <inheritdoc cref="Goka.View{T}(Table{T}, TableUpdate, IPartitioner)"/>
    public View<T> View<T>(Table<T> table, TableUpdate? update = null, IPartitioner? partitioner = null)
    {
        var view = Goka.View(table, update, partitioner);
        Watch(view.Done);
        return view;
    }

    /// <summary>Ends the node when something else fails.</summary>
    internal void Watch(Task done) => done.ContinueWith(
        ended => _failed.TrySetException(ended.Exception!.InnerExceptions), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    async Task UntilEnd(Task terminated)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = Stopping.Register(stopped.SetResult).ConfigureAwait(false);
        await (await Task.WhenAny(_failed.Task, stopped.Task, terminated).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
