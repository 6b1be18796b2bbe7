using Akka.Actor;
using Akka.Event;
using GokaAkka.Queries;

namespace GokaAkka.Inspection;

/// <summary>A node's ear for the others: <c>/system/goka-node</c>. It keeps the warnings and errors of the node's log, too.</summary>
sealed class InspectionActor : ReceiveActor
{
    public const string Name = "goka-node";

    public InspectionActor(NodeDescriber describer, NodeCommands commands, LogKeeper log)
    {
        Receive<DescribeNode>(_ => Sender.Tell(new NodeDescribed(describer.Describe())));
        Receive<NodeCommand>(m => commands.Run(m).PipeTo(Sender, Self));
        Receive<UnknownMessage>(m => Sender.Tell(m));
        Receive<LogEvent>(log.Add);
    }

    public static Props Props(NodeDescriber describer, NodeCommands commands, LogKeeper log) =>
        Akka.Actor.Props.Create(() => new InspectionActor(describer, commands, log));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(Warning));
        Context.System.EventStream.Subscribe(Self, typeof(Error));
    }
}
