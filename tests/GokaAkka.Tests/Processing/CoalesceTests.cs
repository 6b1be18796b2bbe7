namespace GokaAkka.Tests.Processing;

public sealed class CoalesceTests
{
    [Fact]
    public void Of_each_key_the_last_value_is_sent_in_the_order_of_first_change()
    {
        using var rig = Coalescing();
        rig.Feed("in", ("b", "1"), ("a", "2"), ("b", "3"), ("b", "4")).Run();
        rig.Sender.Sent.ShouldBeEmpty();
        rig.Value("b").ShouldBe("4");

        rig.Task.SendCoalesced();

        rig.Sender.Sent.Select(r => r.ToString()).ShouldBe(["group-table[2] b=4", "group-table[2] a=2"]);
        rig.Task.SendCoalesced();
        rig.Sender.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public void What_was_processed_is_committed_when_its_values_are_acknowledged()
    {
        using var rig = Coalescing();
        rig.Feed("in", ("a", "1"), ("a", "2")).Run();
        rig.Commits().ShouldBe("");
        rig.Task.IsSettled.ShouldBeFalse();

        rig.Task.SendCoalesced();
        rig.Feed("in", ("a", "3")).Run();
        rig.Commits().ShouldBe("");
        rig.Sender.AckAll();

        rig.Commits().ShouldBe("in@2");
        rig.Task.SendCoalesced();
        rig.Sender.AckAll();
        rig.Commits().ShouldBe("in@3");
        rig.Task.IsSettled.ShouldBeTrue();
    }

    [Fact]
    public void A_record_that_changes_nothing_waits_for_those_before_it_alone()
    {
        using var rig = Coalescing();
        rig.Feed("in", ("a", "look")).Run();
        rig.Commits().ShouldBe("in@1");

        rig.Feed("in", ("a", "1"), ("a", "look")).Run();

        rig.Commits().ShouldBe("");
        rig.Task.SendCoalesced();
        rig.Sender.AckAll();
        rig.Commits().ShouldBe("in@3");
    }

    [Fact]
    public void A_key_that_was_removed_last_is_sent_as_a_tombstone()
    {
        using var rig = Coalescing();
        rig.Feed("in", ("a", "1"), ("a", "delete")).Run();

        rig.Task.SendCoalesced();

        rig.Sender.Sent.Single().ToString().ShouldBe("group-table[2] a=null");
    }

    [Fact]
    public void The_headers_are_those_of_the_last_change()
    {
        using var rig = Coalescing();
        rig.Feed("in", ("a", "1"), ("a", "2"), ("b", "3")).Run();

        rig.Task.SendCoalesced();

        rig.Sender.Sent.Select(r => Encoding.UTF8.GetString(r.Headers!.Single().Value.Span)).ShouldBe(["2", "3"]);
    }

    [Fact]
    public void Emits_are_not_held_back()
    {
        using var rig = Coalescing();
        rig.Feed("in", ("a", "emit"), ("a", "emit")).Run();

        rig.Sender.To("out").Count().ShouldBe(2);
        rig.Sender.AckAll();

        rig.Commits().ShouldBe("");
        rig.Task.SendCoalesced();
        rig.Sender.AckAll();
        rig.Commits().ShouldBe("in@2");
    }

    [Fact]
    public void A_flush_sends_what_is_held_back_and_holds_nothing_that_was_not_sent()
    {
        using var rig = Coalescing();
        rig.Feed("in", ("a", "1")).Run();

        rig.Task.BeginFlush();
        rig.Feed("in", ("a", "2"), ("b", "3")).Run();
        rig.WriteFlush().ShouldBeFalse();
        rig.Sender.AckAll();

        rig.WriteFlush().ShouldBeTrue();
        (rig.Stored("a"), rig.Stored("b")).ShouldBe(("1", null));
        rig.Store.Position.NextOffset.ShouldBe(101);
        rig.Store.Position.Fingerprint.ShouldBe(KeyHash.Fingerprint("a"u8, "1"u8, false));
    }

    [Fact]
    public void The_end_of_a_transaction_sends_what_is_held_back()
    {
        using var rig = Coalescing(isTransactional: true);
        rig.Feed("in", ("a", "1"), ("a", "2")).Run();
        rig.Task.Hold();

        rig.Cut().ShouldBeNull();
        rig.Sender.Sent.Select(r => r.Text).ShouldBe(["2"]);
        rig.Sender.AckAll();

        rig.Cut().ShouldBe("in@2");
    }

    [Fact]
    public void A_value_that_is_refused_names_its_key()
    {
        using var rig = Coalescing();
        rig.Feed("in", ("big", "1")).Run();
        rig.Sender.Refuse = _ => FakeSender.TooLarge;

        Should.Throw<KafkaFaultException>(rig.Task.SendCoalesced).Message.ShouldContain("'big'");

        rig.Commits().ShouldBe("");
    }

    [Fact]
    public void A_table_record_that_is_not_delivered_fails_the_task_and_commits_nothing()
    {
        using var rig = Coalescing();
        rig.Feed("in", ("a", "1")).Run();
        rig.Task.SendCoalesced();

        FakeSender.Fail(rig.Sender.Sent.Single());

        Should.Throw<DeliveryException>(rig.Task.Advance);
        rig.Task.IsQuiet.ShouldBeTrue();
    }

    static TaskRig<string> Coalescing(bool isTransactional = false)
    {
        var rig = TaskRig<string>.Of(g => g
            .Input("in", Codec.String, (ctx, text) =>
            {
                if (text == "delete")
                    ctx.Delete();
                else if (text != "look")
                    ctx.SetValue(text, Headers.Of(new Header("change", Encoding.UTF8.GetBytes(text))));
                if (text == "emit")
                    ctx.Emit("out", ctx.Key, text);
            })
            .Output("out", Codec.String)
            .Persist(Codec.String));
        rig.NewTask(isTransactional: isTransactional, isCoalescing: true);
        return rig;
    }
}
