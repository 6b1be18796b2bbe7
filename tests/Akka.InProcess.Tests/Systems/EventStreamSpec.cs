using Akka.Actor;
using Akka.Event;

namespace Akka.InProcess.Tests.Systems;

public sealed class EventStreamSpec : Akka.TestKit.Xunit2.TestKit
{
    record Animal;

    sealed record Dog : Animal, IPet;

    interface IPet;

    [Fact]
    public void Subscribers_must_get_the_type_and_what_derives_from_it_once()
    {
        Sys.EventStream.Subscribe<Animal>(TestActor).ShouldBeTrue();
        Sys.EventStream.Subscribe(TestActor, typeof(IPet)).ShouldBeTrue();
        Sys.EventStream.Subscribe(TestActor, typeof(IPet)).ShouldBeFalse();
        Sys.EventStream.Publish(new Dog());
        Sys.EventStream.Publish(new Animal());
        Sys.EventStream.Publish("no animal");
        ExpectMsg<Dog>();
        ExpectMsg<Animal>();
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Subscribers_must_get_nothing_more_when_they_unsubscribe()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Animal));
        Sys.EventStream.Subscribe(TestActor, typeof(string));
        Sys.EventStream.Unsubscribe(TestActor, typeof(Animal)).ShouldBeTrue();
        Sys.EventStream.Publish(new Animal());
        Sys.EventStream.Publish("text");
        ExpectMsg("text");
        Sys.EventStream.Unsubscribe(TestActor).ShouldBeTrue();
        Sys.EventStream.Unsubscribe(TestActor).ShouldBeFalse();
        Sys.EventStream.Publish("text");
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_subscriber_that_stops_must_be_unsubscribed()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Actors.Subject(TestActor)));
        Sys.EventStream.Subscribe(actor, typeof(Animal));
        Watch(actor);
        Sys.Stop(actor);
        FishForMessage<Terminated>(_ => true);
        AwaitCondition(() => !Sys.EventStream.Unsubscribe(actor, typeof(Dog)) && Sys.EventStream.Subscribe(actor, typeof(Animal)));
    }

    [Fact]
    public void Messages_whose_loss_is_nothing_must_be_published_as_suppressed()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(AllDeadLetters));
        Sys.DeadLetters.Tell(PoisonPill.Instance);
        ExpectMsg<SuppressedDeadLetter>();
        Sys.DeadLetters.Tell("loss");
        ExpectMsg<DeadLetter>().Sender.ShouldBe(TestActor);
    }
}
