using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.TestActors;
using Xunit.Sdk;

namespace Akka.InProcess.Tests.TestKit;

public sealed class TestKitSpec : Akka.TestKit.Xunit2.TestKit
{
    static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(20);

    static string Failure(Action action) => Should.Throw<XunitException>(action).Message;

    [Fact]
    public void A_failed_expectation_must_name_what_was_expected_and_found()
    {
        Failure(() => ExpectMsg<string>(s_short, "the hint")).ShouldSatisfyAllConditions(
            message => message.ShouldContain("System.String"), message => message.ShouldContain("the hint"));
        TestActor.Tell(5);
        Failure(() => ExpectMsg<string>()).ShouldSatisfyAllConditions(
            message => message.ShouldContain("System.String"), message => message.ShouldContain("{5}"), message => message.ShouldContain("System.Int32"));
        TestActor.Tell("found");
        Failure(() => ExpectMsg("wanted")).ShouldSatisfyAllConditions(
            message => message.ShouldContain("found"), message => message.ShouldContain("wanted"));
        TestActor.Tell("found");
        Failure(() => ExpectMsg<string>(text => text.Length > 10)).ShouldContain("{found}");
        TestActor.Tell("{0} {");
        Failure(() => ExpectMsg<int>()).ShouldContain("{0} {");
    }

    [Fact]
    public void Messages_must_be_expected_by_value_type_predicate_and_assertion()
    {
        foreach (var _ in Enumerable.Range(0, 6))
            TestActor.Tell("text");
        ExpectMsg("text").ShouldBe("text");
        ExpectMsg<string>().ShouldBe("text");
        ExpectMsg<string>(text => text.StartsWith('t'));
        ExpectMsg<string>(text => text.ShouldBe("text"));
        ExpectMsg<string>((text, sender) => sender.Equals(TestActor));
        ExpectMsg("TEXT", (a, b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase));
        ExpectNoMsg(s_short);
        TestActor.Tell("text");
        Failure(() => ExpectNoMsg(s_short)).ShouldContain("text");
    }

    [Fact]
    public void Several_messages_must_be_expected_in_any_order()
    {
        TestActor.Tell("b");
        TestActor.Tell("a");
        ExpectMsgAllOf("a", "b").Count.ShouldBe(2);
        TestActor.Tell("b");
        ExpectMsgAnyOf(["a", "b"]).ShouldBe("b");
        TestActor.Tell("c");
        Failure(() => ExpectMsgAnyOf(["a", "b"])).ShouldContain("c");
        TestActor.Tell("c");
        Failure(() => ExpectMsgAllOf("a")).ShouldSatisfyAllConditions(
            message => message.ShouldContain("not found [a]"), message => message.ShouldContain("unexpected [c]"));
        Failure(() => ReceiveN(2, s_short)).ShouldContain("Only got 0");
    }

    [Fact]
    public void Fishing_must_pass_over_messages_and_say_which_when_it_fails()
    {
        foreach (var number in new[] { 1, 2, 3 })
            TestActor.Tell(number);
        FishForMessage<int>(number => number == 2).ShouldBe(2);
        Failure(() => FishForMessage<string>(_ => true, s_short)).ShouldContain("[3]");
    }

    [Fact]
    public void ReceiveWhile_must_stop_at_the_first_message_that_does_not_fit()
    {
        foreach (var message in new object[] { 1, 2, "stop", 3 })
            TestActor.Tell(message);
        ReceiveWhile<object>(message => message is int ? message : null, max: TimeSpan.FromSeconds(1)).ShouldBe([1, 2]);
        ExpectMsg("stop");
        PeekOne().ShouldBe(3);
        ReceiveOne().ShouldBe(3);
        ReceiveOne(TimeSpan.Zero).ShouldBeNull();
    }

    [Fact]
    public void Within_must_bound_the_time_of_what_it_encloses()
    {
        Within(TimeSpan.FromSeconds(1), () =>
        {
            Remaining.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(1));
            return 1;
        }).ShouldBe(1);
        Failure(() => Within(s_short, () => ExpectMsg<string>())).ShouldContain("System.String");
        Failure(() => Within(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), () => { })).ShouldContain("should have at least been");
        Should.Throw<InvalidOperationException>(() => Remaining);
    }

    [Fact]
    public void AwaitAssert_must_try_until_it_holds_and_then_fail_with_the_last_failure()
    {
        var tries = 0;
        AwaitAssert(() => (++tries).ShouldBe(3), interval: TimeSpan.FromMilliseconds(1));
        tries.ShouldBe(3);
        Should.Throw<ShouldAssertException>(() => AwaitAssert(() => 1.ShouldBe(2), s_short, TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public void AwaitCondition_must_say_how_long_it_waited()
    {
        var tries = 0;
        AwaitCondition(() => ++tries == 3, TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(1));
        Failure(() => AwaitCondition(() => false, s_short, "the reason")).ShouldSatisfyAllConditions(
            message => message.ShouldContain("00:00:00.02"), message => message.ShouldContain("the reason"));
        AwaitConditionNoThrow(() => false, s_short).ShouldBeFalse();
    }

    [Fact]
    public async Task Everything_must_work_asynchronously_with_the_test_actor_as_the_implicit_sender()
    {
        await Task.Yield();
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor(this, false)));
        echo.Tell("hello");
        (await ExpectMsgAsync<string>()).ShouldBe("hello");
        await Task.Run(static () => { });
        echo.Tell("again");
        await ExpectMsgAsync("again");
        await ExpectNoMsgAsync(s_short);
        await AwaitAssertAsync(async () =>
        {
            echo.Tell("more");
            await ExpectMsgAsync("more");
        });
        await AwaitConditionAsync(() => Task.FromResult(true));
        await WithinAsync(TimeSpan.FromSeconds(5), async () =>
        {
            echo.Tell(1);
            await FishForMessageAsync<int>(number => number == 1);
        });
        await WatchAsync(echo);
        Sys.Stop(echo);
        await ExpectTerminatedAsync(echo);
        var numbers = new List<object>();
        TestActor.Tell(1);
        TestActor.Tell(2);
        await foreach (var number in ReceiveNAsync(2))
            numbers.Add(number);
        numbers.ShouldBe([1, 2]);
    }

    [Fact]
    public void A_probe_must_send_reply_forward_and_be_a_reference()
    {
        var one = CreateTestProbe("one");
        var two = CreateTestProbe();
        one.Send(two.Ref, "question");
        two.ExpectMsgFrom(one.Ref, "question");
        two.Sender.ShouldBe(one.Ref);
        two.Reply("answer");
        one.ExpectMsgFrom(two.Ref, "answer");
        one.Forward(TestActor);
        ExpectMsgFrom(two.Ref, "answer");
        ((IActorRef)one).Tell("direct", TestActor);
        one.ExpectMsg("direct");
        one.Ref.Path.Name.ShouldBe("one");
        two.Watch(one);
        Sys.Stop(one.Ref);
        two.ExpectTerminated(one);
    }

    [Fact]
    public void An_auto_pilot_must_react_before_the_test()
    {
        var probe = CreateTestProbe();
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            sender.Tell("auto " + message);
            return message is "last" ? AutoPilot.NoAutoPilot : AutoPilot.KeepRunning;
        }));
        foreach (var message in new[] { "first", "last", "ignored" })
            probe.Ref.Tell(message);
        ExpectMsg("auto first");
        ExpectMsg("auto last");
        ExpectNoMsg(TimeSpan.Zero);
        probe.ReceiveN(3).ShouldBe(["first", "last", "ignored"]);
    }

    [Fact]
    public void Ignored_messages_must_not_be_seen()
    {
        IgnoreMessages<int>(number => number > 1);
        TestActor.Tell(1);
        TestActor.Tell(2);
        ExpectMsg(1);
        IgnoreNoMessages();
        TestActor.Tell(2);
        ExpectMsg(2);
    }

    [Fact]
    public void Children_of_the_test_actor_must_have_the_given_strategy()
    {
        var child = ChildActorOf(Props.Create(() => new Actors.Subject(TestActor)), "child");
        child.Path.Parent.ShouldBe(TestActor.Path);
        ExpectMsg("PreStart");
    }

    [Fact]
    public void Event_filters_must_count_what_they_take()
    {
        EventFilter.Info("exactly").ExpectOne(() => Sys.Log.Info("exactly"));
        EventFilter.Warning(start: "begin", source: "me (akka://test)").Expect(2, () =>
        {
            var log = Logging.GetLogger(Sys, "me");
            log.Warning("beginning");
            log.Warning("begin {0}", 1);
            Sys.Log.Warning("begin elsewhere");
        });
        EventFilter.Exception<InvalidOperationException>(contains: "why").ExpectOne(() => Sys.Log.Error(new InvalidOperationException("this is why"), "text"));
        EventFilter.Error(new System.Text.RegularExpressions.Regex("^a.c$")).And.Warning("w").Expect(2, () =>
        {
            Sys.Log.Error("abc");
            Sys.Log.Warning("w");
        });
        EventFilter.Custom<Info>(info => info.LogClass == typeof(string)).Expect(0, s_short, () => Sys.Log.Info("other"));
        EventFilter.Info("value").ExpectOne(() =>
        {
            Sys.Log.Info("value");
            return 7;
        }).ShouldBe(7);
    }

    [Fact]
    public void An_event_filter_must_fail_when_it_sees_too_few_or_too_many()
    {
        Failure(() => EventFilter.Info("never").ExpectOne(s_short, () => { })).ShouldSatisfyAllConditions(
            message => message.ShouldContain("0/1"), message => message.ShouldContain("never"));
        Failure(() => EventFilter.Info("twice").Expect(0, s_short, () => Sys.Log.Info("twice"))).ShouldContain("more than the 0 expected");
    }

    [Fact]
    public void Muted_events_must_not_be_printed_until_they_are_unmuted()
    {
        using (EventFilter.Error("muted").Mute())
            Sys.Log.Error("muted");
        EventFilter.Error("muted").ExpectOne(() => Sys.Log.Error("muted"));
    }

    [Fact]
    public void Times_must_be_dilated_by_the_factor()
    {
        Sys.Settings.Config.GetString("akka.test.timefactor").ShouldBe("1.0");
        Dilated(TimeSpan.FromSeconds(1)).ShouldBe(TimeSpan.FromSeconds(1));
        RemainingOrDefault.ShouldBe(TimeSpan.FromSeconds(3));
        new TestKitSettings(Akka.Configuration.ConfigurationFactory.ParseString("akka.test { timefactor = 2, default-timeout = 1s, single-expect-default = 1s, filter-leeway = 1s }"))
            .TestTimeFactor.ShouldBe(2);
    }
}
