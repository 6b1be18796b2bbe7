using Akka.Actor;
using Akka.Event;

namespace Akka.InProcess.Tests.Actors;

public sealed class ReceiveSpec : Akka.TestKit.Xunit2.TestKit
{
    sealed class Scripted : ReceiveActor, IWithUnboundedStash, IWithTimers
    {
        public Scripted(Action<Scripted> script) => script(this);

        public IStash Stash { get; set; }

        public ITimerScheduler Timers { get; set; }

        public new IActorRef Sender => base.Sender;

        public new IActorRef Self => base.Self;

        public IUntypedActorContext Ctx => Context;

        public void On<T>(Action<T> handler, Predicate<T> when = null) => Receive(handler, when);

        public void OnIf<T>(Func<T, bool> handler) => Receive(handler);

        public void OnAny(Action<object> handler) => ReceiveAny(handler);

        public void OnAsync<T>(Func<T, Task> handler) => ReceiveAsync(handler);

        public new void Become(Action configure) => base.Become(configure);

        public new void BecomeStacked(Action configure) => base.BecomeStacked(configure);

        public new void UnbecomeStacked() => base.UnbecomeStacked();
    }

    IActorRef Script(Action<Scripted> script) => Sys.ActorOf(Props.Create(() => new Scripted(script)));

    [Fact]
    public void Handlers_must_be_tried_in_order()
    {
        var actor = Script(me =>
        {
            me.On<string>(_ => me.Sender.Tell("long"), text => text.Length > 3);
            me.OnIf<string>(text => text == "no" && Say(me, "no"));
            me.On<string>(_ => me.Sender.Tell("short"));
            me.OnAny(_ => me.Sender.Tell("any"));
        });
        actor.Tell("longer");
        actor.Tell("no");
        actor.Tell("yes");
        actor.Tell(1);
        ReceiveN(4).ShouldBe(["long", "no", "short", "any"]);

        static bool Say(Scripted me, string text)
        {
            me.Sender.Tell(text);
            return true;
        }
    }

    [Fact]
    public void A_handler_after_one_for_everything_must_be_refused()
    {
        Exception refused = null;
        var actor = Script(me =>
        {
            me.OnAny(_ => me.Sender.Tell(refused));
            refused = Should.Throw<InvalidOperationException>(() => me.On<string>(_ => { }));
        });
        actor.Tell("go");
        ExpectMsg<InvalidOperationException>();
    }

    [Fact]
    public void What_no_handler_takes_must_be_published_as_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = Script(me => me.On<string>(_ => { }));
        actor.Tell(1);
        var unhandled = ExpectMsg<UnhandledMessage>();
        unhandled.Message.ShouldBe(1);
        unhandled.Recipient.ShouldBe(actor);
        unhandled.Sender.ShouldBe(TestActor);
    }

    [Fact]
    public void Become_must_replace_the_behaviour_and_unbecome_return_to_the_first()
    {
        var actor = Script(me =>
        {
            me.On<string>(_ => me.Become(() => me.On<string>(_ =>
            {
                me.Sender.Tell("second");
                me.UnbecomeStacked();
            })), text => text == "next");
            me.On<string>(_ => me.Sender.Tell("first"));
        });
        actor.Tell("a");
        actor.Tell("next");
        actor.Tell("b");
        actor.Tell("c");
        ReceiveN(3).ShouldBe(["first", "second", "first"]);
    }

    [Fact]
    public void A_stacked_behaviour_must_return_to_the_one_before()
    {
        var actor = Script(me => me.Become(() =>
        {
            me.On<string>(_ => me.BecomeStacked(() => me.On<string>(_ =>
            {
                me.Sender.Tell("top");
                me.UnbecomeStacked();
            })), text => text == "push");
            me.On<string>(_ => me.Sender.Tell("below"));
        }));
        actor.Tell("push");
        actor.Tell("a");
        actor.Tell("b");
        ReceiveN(2).ShouldBe(["top", "below"]);
    }

    [Fact]
    public void An_asynchronous_handler_must_hold_back_messages_and_keep_sender_and_context()
    {
        var gate = new TaskCompletionSource();
        var actor = Script(me =>
        {
            me.OnAsync<int>(async number =>
            {
                await gate.Task;
                me.Sender.Tell($"{number} for {me.Sender.Path.Name} by {me.Self.Path.Name}");
                await Task.Yield();
                me.Sender.Tell("and on");
            });
            me.On<string>(text => me.Sender.Tell(text));
        });
        actor.Tell(1);
        actor.Tell("after");
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        gate.SetResult();
        ReceiveN(3).ShouldBe([$"1 for {TestActor.Path.Name} by {actor.Path.Name}", "and on", "after"]);
    }

    [Fact]
    public void A_failing_asynchronous_handler_must_be_a_failure_of_the_actor_and_not_block_it()
    {
        var actor = Script(me =>
        {
            me.OnAsync<int>(async _ =>
            {
                await Task.Yield();
                throw new InvalidOperationException("async boom");
            });
            me.On<string>(text => me.Sender.Tell(text));
        });
        EventFilter.Exception<InvalidOperationException>("async boom").ExpectOne(() => actor.Tell(1));
        actor.Tell("after");
        ExpectMsg("after");
    }

    [Fact]
    public void An_actor_must_stop_while_its_asynchronous_handler_waits()
    {
        var gate = new TaskCompletionSource();
        var actor = Script(me => me.OnAsync<int>(_ => gate.Task));
        Watch(actor);
        actor.Tell(1);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        gate.SetResult();
    }

    [Fact]
    public void Unstashed_messages_must_come_in_order_and_before_the_mailbox()
    {
        var actor = Script(me =>
        {
            me.On<string>(_ =>
            {
                me.Become(() => me.On<string>(text => me.Sender.Tell(text)));
                me.Stash.UnstashAll();
            }, text => text == "open");
            me.OnAny(_ => me.Stash.Stash());
        });
        foreach (var text in new[] { "1", "2", "open", "3" })
            actor.Tell(text);
        ReceiveN(3).ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public void A_message_must_not_be_stashed_twice()
    {
        var actor = Script(me => me.OnAny(_ =>
        {
            me.Stash.Stash();
            me.Sender.Tell(Should.Throw<IllegalActorStateException>(() => me.Stash.Stash()));
        }));
        actor.Tell("x");
        ExpectMsg<IllegalActorStateException>();
    }

    [Fact]
    public void A_restart_must_put_stashed_messages_back()
    {
        var first = true;
        var actor = Script(me =>
        {
            var stashing = first;
            first = false;
            me.On<Exception>(e => throw e);
            me.OnAny(message =>
            {
                if (stashing)
                    me.Stash.Stash();
                else
                    me.Sender.Tell(message);
            });
        });
        actor.Tell("stashed");
        actor.Tell(new Exception("boom"));
        actor.Tell("after");
        ReceiveN(2).ShouldBe(["stashed", "after"]);
    }

    [Fact]
    public void A_receive_timeout_must_come_when_no_message_does()
    {
        var actor = Script(me =>
        {
            me.On<TimeSpan>(timeout => me.Ctx.SetReceiveTimeout(timeout));
            me.On<ReceiveTimeout>(_ =>
            {
                TestActor.Tell("timeout");
                me.Ctx.SetReceiveTimeout(null);
            });
        });
        actor.Tell(TimeSpan.FromMilliseconds(10));
        ExpectMsg("timeout");
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }
}
