using Akka.Actor;
using Akka.Event;

namespace Akka.InProcess.Tests.Actors;

public sealed class AskSpec : Akka.TestKit.Xunit2.TestKit
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task An_ask_must_give_the_answer()
    {
        var asked = TestActor.Ask<string>("question", s_patience);
        await ExpectMsgAsync("question");
        LastSender.Tell("answer");
        (await asked).ShouldBe("answer");
    }

    [Fact]
    public async Task An_ask_without_an_answer_must_fail_in_time()
    {
        var failure = await Should.ThrowAsync<AskTimeoutException>(TestActor.Ask<string>("question", TimeSpan.FromMilliseconds(20)));
        failure.Message.ShouldBe("Timeout after 0.02 seconds");
    }

    [Fact]
    public async Task An_ask_must_fail_with_the_cause_of_a_failure()
    {
        var asked = TestActor.Ask<string>("question", s_patience);
        await ExpectMsgAsync("question");
        LastSender.Tell(new Status.Failure(new InvalidOperationException("no")));
        (await Should.ThrowAsync<InvalidOperationException>(asked)).Message.ShouldBe("no");
    }

    [Fact]
    public async Task An_answer_of_another_type_must_fail_the_ask_and_name_both_types()
    {
        var asked = TestActor.Ask<string>("question", s_patience);
        await ExpectMsgAsync("question");
        LastSender.Tell(1);
        (await Should.ThrowAsync<ArgumentException>(asked)).Message
            .ShouldBe("Received message of type [System.Int32] - Ask expected message of type [System.String]");
    }

    [Fact]
    public async Task An_ask_must_be_cancelled_by_its_token()
    {
        using var source = new CancellationTokenSource();
        var asked = TestActor.Ask<string>("question", source.Token);
        await ExpectMsgAsync("question");
        source.Cancel();
        await Should.ThrowAsync<TaskCanceledException>(asked);
        await Should.ThrowAsync<TaskCanceledException>(TestActor.Ask<string>("question", source.Token));
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_must_be_a_dead_letter()
    {
        var asked = TestActor.Ask<string>("question", s_patience);
        await ExpectMsgAsync("question");
        LastSender.Tell("answer");
        await asked;
        var answerTo = LastSender;
        EventFilter.DeadLetter<string>(text => text == "again").ExpectOne(() => answerTo.Tell("again"));
    }

    [Fact]
    public async Task An_ask_must_be_able_to_put_its_reference_into_the_question()
    {
        var asked = TestActor.Ask<string>(answerTo => answerTo, s_patience, CancellationToken.None);
        (await ExpectMsgAsync<IActorRef>()).Tell("answer");
        (await asked).ShouldBe("answer");
    }

    [Fact]
    public async Task PipeTo_must_tell_results_and_failures()
    {
        var sender = CreateTestProbe();
        await Task.FromResult(1).PipeTo(TestActor, sender.Ref);
        ExpectMsg(1);
        LastSender.ShouldBe(sender.Ref);
        await Task.FromException<int>(new InvalidOperationException("no")).PipeTo(TestActor);
        ExpectMsg<Status.Failure>().Cause.Message.ShouldBe("no");
        await Task.FromResult(1).PipeTo(TestActor, success: number => number + 1);
        ExpectMsg(2);
        await Task.FromException(new InvalidOperationException("no")).PipeTo(TestActor, failure: e => e.Message);
        ExpectMsg("no");
        await ValueTask.FromResult("value").PipeTo(TestActor);
        ExpectMsg("value");
        await Task.CompletedTask.PipeTo(TestActor);
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task GracefulStop_must_say_whether_the_actor_stopped_in_time()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        (await actor.GracefulStop(s_patience)).ShouldBeTrue();
        (await actor.GracefulStop(s_patience)).ShouldBeTrue();
        var busy = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        using var blocked = new ManualResetEventSlim();
        busy.Tell(new Subject.Do(_ => blocked.Wait()));
        (await busy.GracefulStop(TimeSpan.FromMilliseconds(20))).ShouldBeFalse();
        blocked.Set();
    }

    [Fact]
    public async Task WatchAsync_must_end_with_the_actor()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        var watched = actor.WatchAsync();
        watched.IsCompleted.ShouldBeFalse();
        Sys.Stop(actor);
        (await watched.WaitAsync(s_patience)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_selection_must_find_actors_by_path()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Subject(TestActor)), "top");
        ExpectMsg("PreStart");
        actor.Tell(new Subject.Do(context => context.ActorOf(Props.Create(() => new Subject(TestActor)), "child")));
        ExpectMsg("PreStart");
        var child = LastSender;
        (await Sys.ActorSelection("/user/top").ResolveOne(s_patience)).ShouldBe(actor);
        (await Sys.ActorSelection("akka://test/user/top/child").ResolveOne(s_patience)).ShouldBe(child);
        (await Sys.ActorSelection(child.Path).ResolveOne(s_patience)).ShouldBe(child);
        (await Sys.ActorSelection(child, "../").ResolveOne(s_patience)).ShouldBe(actor);
        Sys.ActorSelection("/user/*/chi?d").Tell("hello");
        ExpectMsgFrom(child, "hello");
        actor.Tell(new Subject.Do(context => context.ActorSelection("child").Tell("relative")));
        ExpectMsgFrom(child, "relative");
        await Should.ThrowAsync<ActorNotFoundException>(Sys.ActorSelection("/user/nobody").ResolveOne(s_patience));
        EventFilter.DeadLetter<string>().ExpectOne(() => Sys.ActorSelection("/user/nobody").Tell("lost"));
    }

    [Fact]
    public void Identify_must_be_answered_by_the_actor_itself()
    {
        TestActor.Tell(new Identify(7));
        ExpectMsg<ActorIdentity>().ShouldBe(new ActorIdentity(7, TestActor));
    }
}
