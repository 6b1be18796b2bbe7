namespace GokaAkka.Tests.Processing;

public sealed class ChangelogOrderTests
{
    const long End = FakeSender.FirstOffset;

    [Fact]
    public void A_changelog_that_goes_back_under_its_owner_is_an_error()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);
        rig.Feed("in", ("a", "")).Run();
        rig.Sender.AckAll();
        rig.Commits().ShouldBe("in@1");

        rig.Feed("in", ("b", "")).Run();
        rig.Sender.Sent[^1].Offset = 0;
        rig.Sender.AckAll();

        var error = Should.Throw<StorageCorruptException>(rig.Task.Advance);
        error.Message.ShouldContain("partition 2");
        error.Message.ShouldContain("offset 0");
        error.Message.ShouldContain($"offset {End}");
    }

    [Fact]
    public void A_changelog_shorter_than_the_store_is_noticed_at_the_first_record()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);

        rig.Feed("in", ("a", "")).Run();
        rig.Sender.Sent[^1].Offset = End - 1;
        rig.Sender.AckAll();

        Should.Throw<StorageCorruptException>(rig.Task.Advance);
    }

    [Fact]
    public void A_store_does_not_claim_to_have_what_others_wrote_in_between()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);
        rig.Feed("in", ("a", "")).Run();
        rig.Sender.AckAll();
        rig.Task.BeginFlush();
        rig.WriteFlush().ShouldBeTrue();

        // A record of another owner came before this one's.
        rig.Feed("in", ("b", "")).Run();
        rig.Sender.Sent[^1].Offset += 1;
        rig.Sender.AckAll();
        rig.Task.BeginFlush();

        rig.WriteFlush().ShouldBeTrue();
        rig.Store.Position.NextOffset.ShouldBe(End + 1);
        rig.Store.Get("b"u8).ShouldNotBeNull();
        rig.Commits().ShouldBe("in@2");
    }

    [Fact]
    public void Once_the_others_records_are_written_over_it_does()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);
        rig.Feed("in", ("a", ""), ("b", "")).Run();
        rig.Sender.Sent[^1].Offset += 1;
        rig.Sender.AckAll();
        var changelog = rig.Task.Watermark.Changelog;
        changelog.TryTakeForeign(out var from, out var to).ShouldBeTrue();
        (from, to).ShouldBe((End + 1, End + 3));

        rig.Task.WriteAgain([Key.Copy("a"u8), Key.Copy("x"u8)]);
        changelog.IsWhole.ShouldBeFalse();
        rig.Sender.Sent.Skip(2).Select(r => (r.Key.ToString(), r.Value is null)).ShouldBe([("a", false), ("x", true)]);
        rig.Sender.Sent[2].Offset = End + 3;
        rig.Sender.Sent[3].Offset = End + 4;
        rig.Sender.AckAll();
        rig.Task.Advance();
        changelog.IsWhole.ShouldBeTrue();
        rig.Task.BeginFlush();

        rig.WriteFlush().ShouldBeTrue();
        rig.Store.Position.NextOffset.ShouldBe(End + 5);
    }

    [Theory]
    [InlineData("offsets that follow one another", false, 3, 7, 1, 8, true)]
    [InlineData("a gap within a run", false, 3, 8, 0, 0, false)]
    [InlineData("an offset that the brokers do not tell", false, 1, -1, 0, 0, false)]
    [InlineData("markers of transactions", true, 2, 6, 1, 9, true)]
    public void What_is_delivered_is_whole_unless_there_is_a_gap(
        string what, bool hasMarkers, int first, long lastOfFirst, int next, long lastOfNext, bool isWhole)
    {
        var order = new ChangelogOrder(0, 5, hasMarkers);

        order.Delivered(first, lastOfFirst);
        if (next > 0)
            order.Delivered(next, lastOfNext);

        order.IsWhole.ShouldBe(isWhole, what);
        order.Check();
    }
}
