using Akka.Actor;

namespace Akka.TestKit.TestActors;

/// <summary>Shows the test actor what it gets and, unless told otherwise, sends it back.</summary>
public class EchoActor : ReceiveActor
{
    public EchoActor(TestKitBase testkit, bool echoBackToSenderAsWell = true) => ReceiveAny(message =>
    {
        if (echoBackToSenderAsWell && !testkit.TestActor.Equals(Sender))
            Sender.Forward(message);
        testkit.TestActor.Tell(message, Sender);
    });

    public static Props Props(TestKitBase testkit, bool echoBackToSenderAsWell = true) =>
        Actor.Props.Create(() => new EchoActor(testkit, echoBackToSenderAsWell));
}

public class SimpleEchoActor : ReceiveActor
{
    public SimpleEchoActor() => ReceiveAny(message => Sender.Tell(message));

    public static Props Props() => Actor.Props.Create(() => new SimpleEchoActor());
}
