namespace GokaAkka.Tests.Records;

public sealed class HeadersTests
{
    [Fact]
    public void Order_and_repeats_are_kept_and_the_last_of_a_name_is_read()
    {
        var headers = Headers.Of("a", "1").With("b", "2"u8.ToArray()).With("a", "3"u8.ToArray());

        headers.ToString().ShouldBe("a=1, b=2, a=3");
        headers.GetString("a").ShouldBe("3");
        headers.GetString("c").ShouldBeNull();
    }

    [Fact]
    public void Merging_lets_the_later_win_and_leaves_both_as_they_were()
    {
        var low = Headers.Of("a", "1").With("b", "2"u8.ToArray());
        var over = Headers.Of("b", "3").With("c", "4"u8.ToArray());

        low.Merged(over).ToString().ShouldBe("a=1, b=3, c=4");
        low.Merged(null).ShouldBeSameAs(low);
        low.Merged(Headers.Empty).ShouldBeSameAs(low);
        Headers.Empty.Merged(over).ShouldBeSameAs(over);
        low.ToString().ShouldBe("a=1, b=2");
        over.ToString().ShouldBe("b=3, c=4");
    }
}
