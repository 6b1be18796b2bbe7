using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using GokaAkka.Actors;
using GokaAkka.Actors.Configuration;
using GokaAkka.Graph;
using GokaAkka.Kafka;
using GokaAkka.Nodes;
using GokaAkka.Tables;

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
    const int Clean = 0;
    const int Failed = 1;

    // The node ends the system itself, on signals; by the hook, nothing would wait for it.
    const string Own = "akka.coordinated-shutdown.run-by-clr-shutdown-hook = off";

    readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    GokaNode(Goka goka, CancellationToken stopping)
    {
        Goka = goka;
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
    /// <returns>The exit code: 0 after a clean end; 1 after a failure, whose reason is on the standard error by then.</returns>
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
                await Run(arguments, start, options, stop).ConfigureAwait(false);
            return Clean;
        }
        catch (Exception e)
        {
            await errors.WriteLineAsync(e.GetBaseException() is ConfigurationException wrong ? wrong.Message : e.Message).ConfigureAwait(false);
            return Failed;
        }
    }

    static async Task Run(NodeArguments arguments, Action<GokaNode> start, GokaOptions options, CancellationToken stop)
    {
        var config = arguments.ConfigFiles.Aggregate(ConfigurationFactory.ParseString(Own), static (below, file) => HoconFile.Read(file).WithFallback(below));
        var system = ActorSystem.Create("goka", config);
        GokaNode node;
        try
        {
            node = new GokaNode(Goka.Get(system, options), stop);
            start(node);
            system.Log.Info("The node runs {0}.", string.Join(", ", node.Goka.Processors.Select(static p => p.Graph.Group)) is { Length: > 0 } groups ? groups : "no processor");
            await node.UntilEnd(system.WhenTerminated).ConfigureAwait(false);
        }
        finally
        {
            await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance).ConfigureAwait(false);
        }

        // Leaving may fail, too.
        if (node._failed.Task.IsFaulted)
            await node._failed.Task.ConfigureAwait(false);
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

    void Watch(Task done) => done.ContinueWith(
        ended => _failed.TrySetException(ended.Exception!.InnerExceptions), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    async Task UntilEnd(Task terminated)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = Stopping.Register(stopped.SetResult).ConfigureAwait(false);
        await (await Task.WhenAny(_failed.Task, stopped.Task, terminated).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
